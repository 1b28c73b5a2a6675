#include "identity/oidc/signed_token.hpp"

#include <algorithm>
#include <array>

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

std::optional<SignatureKind> kind_of(std::string_view algorithm) {
  if (algorithm == "RS256") return SignatureKind::rsa_sha256;
  if (algorithm == "ES256") return SignatureKind::p256_sha256;
  if (algorithm == "EdDSA") return SignatureKind::ed25519;
  return std::nullopt;
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
  if (!algorithm.empty() && kind_of(algorithm) != key->kind()) return std::nullopt;
  const auto kid = text_member(*object, "kid");
  if (kid.size() > kid_bytes_max) return std::nullopt;
  return ProviderKey{.kid = std::string(kid), .key = *std::move(key)};
}

bool is_text_or_absent(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr || value->is_string();
}

std::optional<TokenHeader> parse_header(std::string_view text) {
  static constexpr std::array<std::string_view, 9> refused = {"crit", "b64", "zip", "jwk", "jku",
                                                              "x5u",  "x5c", "enc", "epk"};
  const auto value = json::parse(text);
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  if (std::ranges::any_of(refused, [&](std::string_view name) { return object->contains(name); }))
    return std::nullopt;
  const auto kind = kind_of(text_member(*object, "alg"));
  if (!kind || !is_text_or_absent(*object, "kid") || !is_text_or_absent(*object, "typ")) return std::nullopt;
  TokenHeader header{.kind = *kind,
                     .kid = std::string(text_member(*object, "kid")),
                     .typ = std::string(text_member(*object, "typ"))};
  std::ranges::transform(header.typ, header.typ.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return header;
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

std::optional<TokenParts> take_apart(std::string_view token) {
  if (token.size() > token_bytes_max) return std::nullopt;
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == std::string_view::npos || first == last || token.find('.', first + 1) != last)
    return std::nullopt;
  std::string head;
  TokenParts parts{.header = {}, .signing_input = token.substr(0, last), .signature = {}, .payload = {}};
  const bool is_readable = crypto::from_base64url(token.substr(0, first), head) &&
                           crypto::from_base64url(token.substr(first + 1, last - first - 1), parts.payload) &&
                           crypto::from_base64url(token.substr(last + 1), parts.signature);
  if (!is_readable) return std::nullopt;
  auto header = parse_header(head);
  if (!header) return std::nullopt;
  parts.header = *std::move(header);
  return parts;
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

std::optional<json::Value> parse_claims(const TokenParts& parts) {
  auto value = json::parse(parts.payload);
  if (!value || !value->is_object()) return std::nullopt;
  return *std::move(value);
}

}  // namespace xzepr::identity::oidc
