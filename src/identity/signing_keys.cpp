#include "identity/signing_keys.hpp"

#include <algorithm>
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

SigningKeys::SigningKeys(crypto::SignKey current, std::vector<PreviousKey> previous)
    : current_(std::move(current)), current_id_(key_id(current_)), previous_(std::move(previous)) {
  for (const auto& one : previous_) previous_ids_.push_back(key_id(one.key));
}

bool SigningKeys::knows(std::string_view kid) const {
  return kid == current_id_ || std::ranges::find(previous_ids_, kid) != previous_ids_.end();
}

const crypto::SignKey* SigningKeys::find(std::string_view kid, TimePoint now) const {
  if (kid == current_id_) return &current_;
  for (std::size_t i = 0; i < previous_.size(); ++i) {
    if (now < previous_[i].until && kid == previous_ids_[i]) return &previous_[i].key;
  }
  return nullptr;
}

std::string SigningKeys::key_set(TimePoint now) const {
  std::string keys = public_jwk(current_, current_id_);
  for (std::size_t i = 0; i < previous_.size(); ++i) {
    if (now < previous_[i].until) keys += "," + public_jwk(previous_[i].key, previous_ids_[i]);
  }
  return fmt::format(R"({{"keys":[{}]}})", keys);
}

Asked SigningKeyRing::ask_again(std::chrono::milliseconds period, Look look) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!reload_ || now - asked_at_ < period) return Asked::not_now;
  asked_at_ = now;
  return reload_(look);
}

}  // namespace xzepr::identity
