#include "identity/access_token.hpp"

#include <algorithm>
#include <utility>

#include "crypto/digest.hpp"
#include "identity/jws.hpp"
#include "json/write.hpp"

namespace xzepr::identity {
namespace {

using std::chrono::seconds;

constexpr std::string_view token_type = "at+jwt";
constexpr std::string_view token_media_type = "application/at+jwt";
// The year 9999: what lies beyond is nobody's honest expiry.
constexpr std::int64_t time_max = 253'402'300'799;

std::int64_t seconds_of(TimePoint time) {
  return std::chrono::duration_cast<seconds>(time.time_since_epoch()).count();
}

json::Array array_of(const std::vector<std::string_view>& names) {
  json::Array array;
  for (const auto name : names) array.emplace_back(name);
  return array;
}

std::optional<std::string_view> text_claim(const json::Object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr) return std::nullopt;
  return json::view(*text);
}

// A NumericDate as whole seconds (RFC 7519, section 2); we write no fractions and take none.
std::optional<TimePoint> time_claim(const json::Object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  const auto* number = value == nullptr ? nullptr : value->if_int64();
  if (number == nullptr || *number < 0 || *number > time_max) return std::nullopt;
  return TimePoint{seconds{*number}};
}

bool is_for(const json::Object& claims, std::string_view audience) {
  const auto* value = claims.if_contains("aud");
  if (value == nullptr) return false;
  if (const auto* one = value->if_string()) return json::view(*one) == audience;
  const auto* several = value->if_array();
  return several != nullptr && std::ranges::any_of(*several, [&](const json::Value& one) {
           const auto* text = one.if_string();
           return text != nullptr && json::view(*text) == audience;
         });
}

std::optional<RoleSet> roles_claim(const json::Object& claims) {
  const auto* value = claims.if_contains("roles");
  const auto* names = value == nullptr ? nullptr : value->if_array();
  if (names == nullptr) return std::nullopt;
  RoleSet roles;
  for (const auto& name : *names) {
    const auto* text = name.if_string();
    const auto role = text == nullptr ? std::nullopt : parse_role(json::view(*text));
    if (!role) return std::nullopt;
    roles.add(*role);
  }
  return roles;
}

using Reason = std::unexpected<std::string_view>;

std::expected<AccessClaims, std::string_view> read_claims(const json::Object& object) {
  const auto subject = parse_id<UserId>(text_claim(object, "sub").value_or(""));
  const auto session = parse_id<SessionId>(text_claim(object, "sid").value_or(""));
  const auto token_id = parse_ulid(text_claim(object, "jti").value_or(""));
  if (!subject || !session || !token_id) return Reason("sub, sid or jti is no id");
  const auto issued_at = time_claim(object, "iat");
  const auto not_before = time_claim(object, "nbf");
  const auto expires_at = time_claim(object, "exp");
  if (!issued_at || !not_before || !expires_at) return Reason("iat, nbf or exp is no time");
  const auto roles = roles_claim(object);
  if (!roles) return Reason("roles cannot be read");
  return AccessClaims{.subject = *subject,
                      .session = *session,
                      .token_id = *token_id,
                      .roles = *roles,
                      .issued_at = std::max(*issued_at, *not_before),
                      .expires_at = *expires_at};
}

}  // namespace

std::string mint_access_token(const SigningKeys& keys, const TokenNames& names, const AccessClaims& claims) {
  const json::Object header{
      {"alg", algorithm_name(keys.current().kind())}, {"kid", keys.current_id()}, {"typ", token_type}};
  const json::Object payload{{"iss", names.issuer},
                             {"sub", to_string(claims.subject)},
                             {"aud", names.audience},
                             {"exp", seconds_of(claims.expires_at)},
                             {"iat", seconds_of(claims.issued_at)},
                             {"nbf", seconds_of(claims.issued_at)},
                             {"jti", to_string(claims.token_id)},
                             {"sid", to_string(claims.session)},
                             {"roles", array_of(role_names(claims.roles))},
                             {"permissions", array_of(permission_names(claims.roles))}};
  const auto input =
      crypto::to_base64url(json::write(header)) + "." + crypto::to_base64url(json::write(payload));
  return input + "." + crypto::to_base64url(keys.current().sign(input));
}

std::expected<AccessClaims, std::string_view> verify_access_token(const SigningKeys& keys,
                                                                  const TokenNames& names,
                                                                  std::string_view token, TimePoint now,
                                                                  Expiry expiry) {
  const auto parts = take_apart(token);
  if (!parts) return Reason("it is no signed token");
  if (parts->header.typ != token_type && parts->header.typ != token_media_type)
    return Reason("its typ is not at+jwt");
  const auto* key = keys.find(parts->header.kid, now);
  if (key == nullptr) return Reason("its kid is unknown or its key was retired");
  if (key->kind() != parts->header.kind) return Reason("its alg is not the key's");
  if (!key->public_key().verify(parts->signing_input, parts->signature))
    return Reason("its signature is forged");
  const auto value = parse_claims(*parts);
  if (!value) return Reason("its claims are no object");
  const auto& object = value->get_object();
  if (text_claim(object, "iss") != names.issuer) return Reason("its iss is another");
  if (!is_for(object, names.audience)) return Reason("its aud is another");
  auto claims = read_claims(object);
  if (!claims) return claims;
  if (claims->issued_at > now + token_leeway) return Reason("it is not valid yet");
  if (expiry == Expiry::checked && claims->expires_at + token_leeway <= now) return Reason("it has expired");
  return claims;
}

bool looks_like_token(std::string_view text) {
  return text.starts_with("ey") && std::ranges::count(text, '.') == 2;
}

}  // namespace xzepr::identity
