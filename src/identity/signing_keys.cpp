#include "identity/signing_keys.hpp"

#include <utility>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "identity/jws.hpp"

namespace xzepr::identity {
namespace {

using crypto::SignatureKind;

// The members that make the key, in the order that RFC 7638 hashes them.
std::string key_members_of(const crypto::SignKey& key) {
  const auto first = crypto::to_base64url(key.numbers().first);
  const auto second = crypto::to_base64url(key.numbers().second);
  switch (key.kind()) {
    case SignatureKind::rsa_sha256: return fmt::format(R"("e":"{}","kty":"RSA","n":"{}")", second, first);
    case SignatureKind::p256_sha256:
      return fmt::format(R"("crv":"P-256","kty":"EC","x":"{}","y":"{}")", first, second);
    case SignatureKind::ed25519: return fmt::format(R"("crv":"Ed25519","kty":"OKP","x":"{}")", first);
  }
  std::unreachable();
}

std::string public_jwk(const crypto::SignKey& key, std::string_view kid) {
  return fmt::format(R"({{{},"alg":"{}","kid":"{}","use":"sig"}})", key_members_of(key),
                     algorithm_name(key.kind()), kid);
}

}  // namespace

std::string key_id(const crypto::SignKey& key) {
  const auto digest = crypto::sha256("{" + key_members_of(key) + "}");
  return crypto::to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

SigningKeys::SigningKeys(crypto::SignKey current, std::optional<PreviousKey> previous)
    : current_(std::move(current)),
      current_id_(key_id(current_)),
      previous_(std::move(previous)),
      previous_id_(previous_ ? key_id(previous_->key) : std::string()) {}

const crypto::SignKey* SigningKeys::find(std::string_view kid, TimePoint now) const {
  if (kid == current_id_) return &current_;
  if (previous_ && now < previous_->until && kid == previous_id_) return &previous_->key;
  return nullptr;
}

std::string SigningKeys::key_set(TimePoint now) const {
  std::string keys = public_jwk(current_, current_id_);
  if (previous_ && now < previous_->until) keys += "," + public_jwk(previous_->key, previous_id_);
  return fmt::format(R"({{"keys":[{}]}})", keys);
}

}  // namespace xzepr::identity
