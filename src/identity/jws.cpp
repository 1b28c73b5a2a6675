#include "identity/jws.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/digest.hpp"
#include "json/parse.hpp"

namespace xzepr::identity {
namespace {

using crypto::SignatureKind;

// "" when it is absent or no text.
std::string_view header_text(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view{} : json::view(*text);
}

std::optional<SignatureKind> kind_named(std::string_view algorithm) {
  if (algorithm == "RS256") return SignatureKind::rsa_sha256;
  if (algorithm == "ES256") return SignatureKind::p256_sha256;
  if (algorithm == "EdDSA") return SignatureKind::ed25519;
  return std::nullopt;
}

bool is_text_or_left_out(const json::Object& object, std::string_view name) {
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
  const auto kind = kind_named(header_text(*object, "alg"));
  if (!kind || !is_text_or_left_out(*object, "kid") || !is_text_or_left_out(*object, "typ"))
    return std::nullopt;
  TokenHeader header{.kind = *kind,
                     .kid = std::string(header_text(*object, "kid")),
                     .typ = std::string(header_text(*object, "typ"))};
  std::ranges::transform(header.typ, header.typ.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return header;
}

}  // namespace

std::string_view algorithm_name(SignatureKind kind) {
  switch (kind) {
    case SignatureKind::rsa_sha256: return "RS256";
    case SignatureKind::p256_sha256: return "ES256";
    case SignatureKind::ed25519: return "EdDSA";
  }
  std::unreachable();
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

std::optional<std::string> unproven_key_id(std::string_view token) {
  auto parts = take_apart(token);
  if (!parts) return std::nullopt;
  return std::move(parts->header.kid);
}

std::optional<json::Value> parse_claims(const TokenParts& parts) {
  auto value = json::parse(parts.payload);
  if (!value || !value->is_object()) return std::nullopt;
  return *std::move(value);
}

}  // namespace xzepr::identity
