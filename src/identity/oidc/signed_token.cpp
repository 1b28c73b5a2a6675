#include "identity/oidc/signed_token.hpp"

#include "crypto/digest.hpp"
#include "identity/oidc/refusal.hpp"
#include "json/parse.hpp"

namespace xzepr::identity::oidc {
namespace {

using crypto::SignatureKind;
using crypto::VerifyKey;

constexpr std::size_t kid_bytes_max = 256;

// "" when it is absent or no text.
std::string_view text_member(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view{} : json::view(*text);
}

std::string bytes_member(const json::Object& object, std::string_view name) {
  std::string bytes;
  static_cast<void>(crypto::from_base64url(text_member(object, name), bytes));
  return bytes;
}

std::optional<VerifyKey> key_material(const json::Object& object) {
  const auto type = text_member(object, "kty");
  const auto curve = text_member(object, "crv");
  if (type == "RSA") return VerifyKey::rsa(bytes_member(object, "n"), bytes_member(object, "e"));
  if (type == "EC" && curve == "P-256")
    return VerifyKey::p256(bytes_member(object, "x"), bytes_member(object, "y"));
  if (type == "OKP" && curve == "Ed25519") return VerifyKey::ed25519(bytes_member(object, "x"));
  return std::nullopt;
}

std::optional<ProviderKey> parse_key(const json::Value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  const auto use = text_member(*object, "use");
  if (!use.empty() && use != "sig") return std::nullopt;
  auto key = key_material(*object);
  if (!key) return std::nullopt;
  const auto algorithm = text_member(*object, "alg");
  if (!algorithm.empty() && algorithm != algorithm_name(key->kind())) return std::nullopt;
  const auto kid = text_member(*object, "kid");
  if (kid.size() > kid_bytes_max) return std::nullopt;
  return ProviderKey{.kid = std::string(kid), .key = *std::move(key)};
}

}  // namespace

Result<ProviderKeys> parse_keys(std::string_view text) {
  const auto value = json::parse(text);
  const auto* object = value ? value->if_object() : nullptr;
  const auto* member = object == nullptr ? nullptr : object->if_contains("keys");
  const auto* array = member == nullptr ? nullptr : member->if_array();
  if (array == nullptr) return provider_unavailable("the provider's key set cannot be read");
  ProviderKeys keys;
  for (const auto& item : *array) {
    if (keys.size() == keys_max) break;
    if (auto key = parse_key(item)) keys.push_back(*std::move(key));
  }
  if (keys.empty())
    return provider_unavailable("the provider's key set has no key for RS256, ES256 or EdDSA");
  return keys;
}

Trust check_signature(const TokenParts& parts, const ProviderKeys& keys) {
  Trust trust = Trust::key_unknown;
  for (const auto& [kid, key] : keys) {
    const bool is_meant =
        key.kind() == parts.header.kind && (parts.header.kid.empty() || parts.header.kid == kid);
    if (!is_meant) continue;
    if (key.verify(parts.signing_input, parts.signature)) return Trust::genuine;
    trust = Trust::forged;
  }
  return trust;
}

}  // namespace xzepr::identity::oidc
