#include "identity/oidc/identity_claims.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "crypto/digest.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr std::size_t subject_bytes_max = 255;  // OpenID Connect Core 1.0, section 2
constexpr std::size_t shown_bytes_max = 1'024;
constexpr std::size_t audiences_max = 100;
constexpr double seconds_max = 253'402'300'800.0;  // the year 10000

std::string_view text_claim(const json::Value& claims, std::string_view name) {
  const auto* value = claims.as_object().if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view{} : json::view(*text);
}

bool has_claim(const json::Value& claims, std::string_view name) { return claims.as_object().contains(name); }

// NumericDate (RFC 7519, section 2): seconds, perhaps with a fraction.
std::optional<TimePoint> time_claim(const json::Value& claims, std::string_view name) {
  const auto* value = claims.as_object().if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto seconds = value->to_number<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds >= seconds_max) return std::nullopt;
  return TimePoint(std::chrono::microseconds{static_cast<std::int64_t>(seconds * 1e6)});
}

struct Audience {
  bool holds_ours = false;
  bool holds_others = false;
};

Audience read_audience(const json::Value& claims, std::string_view ours) {
  Audience audience;
  const auto* value = claims.as_object().if_contains("aud");
  if (value == nullptr) return audience;
  if (const auto* text = value->if_string()) audience.holds_ours = json::view(*text) == ours;
  const auto* array = value->if_array();
  if (array == nullptr || array->size() > audiences_max) return audience;
  for (const auto& item : *array) {
    const auto* text = item.if_string();
    (text != nullptr && json::view(*text) == ours ? audience.holds_ours : audience.holds_others) = true;
  }
  return audience;
}

Reason check_times(const json::Value& claims, TimePoint now) {
  const auto expires = time_claim(claims, "exp");
  if (!expires || *expires + leeway <= now) return "exp is missing or past";
  const auto not_before = time_claim(claims, "nbf");
  if (has_claim(claims, "nbf") && (!not_before || *not_before > now + leeway)) return "nbf is in the future";
  const auto issued = time_claim(claims, "iat");
  if (has_claim(claims, "iat") && (!issued || *issued > now + leeway)) return "iat is in the future";
  return {};
}

Reason check_common(const json::Value& claims, std::string_view issuer, TimePoint now) {
  if (text_claim(claims, "iss") != issuer) return "iss is not the provider";
  const auto subject = text_claim(claims, "sub");
  if (subject.empty() || subject.size() > subject_bytes_max) return "sub is missing or too long";
  const auto is_visible = [](char c) { return c > 0x20 && c < 0x7F; };
  if (!std::ranges::all_of(subject, is_visible)) return "sub holds what it may not";
  return check_times(claims, now);
}

Reason check_audience(const json::Value& claims, std::string_view client_id) {
  const auto audience = read_audience(claims, client_id);
  if (!audience.holds_ours) return "aud is not this client";
  if (has_claim(claims, "azp") && text_claim(claims, "azp") != client_id) return "azp is another client";
  if (audience.holds_others && !has_claim(claims, "azp")) return "aud has others and there is no azp";
  return {};
}

// Section 3.1.3.6: the left half of the hash, by the signature's own hash. Ed25519 has none that all agree
// on.
bool is_at_hash_right(const TokenHeader& header, std::string_view expected, std::string_view access_token) {
  if (header.kind == crypto::SignatureKind::ed25519) return true;
  const auto digest = crypto::sha256(access_token);
  const std::string_view half(reinterpret_cast<const char*>(digest.data()), digest.size() / 2);
  return crypto::to_base64url(half) == expected;
}

std::string bounded(std::string_view text) { return std::string(text.size() <= shown_bytes_max ? text : ""); }

ForeignIdentity identity_of(json::Value claims) {
  const auto* verified = claims.as_object().if_contains("email_verified");
  const bool is_verified = verified != nullptr && verified->is_bool() && verified->as_bool();
  ForeignIdentity identity{.issuer = std::string(text_claim(claims, "iss")),
                           .subject = std::string(text_claim(claims, "sub")),
                           .preferred_username = bounded(text_claim(claims, "preferred_username")),
                           .email = is_verified ? bounded(text_claim(claims, "email")) : std::string{},
                           .display_name = bounded(text_claim(claims, "name")),
                           .expires_at = time_claim(claims, "exp").value_or(TimePoint{}),
                           .claims = {}};
  identity.claims = std::move(claims);
  return identity;
}

bool is_other_token(const TokenHeader& header, const json::Value& claims) {
  static constexpr std::array<std::string_view, 4> types = {"", "jwt", "at+jwt", "application/at+jwt"};
  if (std::ranges::find(types, header.typ) == types.end()) return true;
  const auto type = text_claim(claims, "typ");  // Keycloak's own
  if (!type.empty() && type != "Bearer") return true;
  return has_claim(claims, "nonce") || has_claim(claims, "at_hash") || has_claim(claims, "events");
}

}  // namespace

std::expected<ForeignIdentity, Reason> check_id_token(const TokenHeader& header, json::Value claims,
                                                      const IdTokenRule& rule) {
  if (!claims.is_object()) return std::unexpected("the claims are no object");
  if (!header.typ.empty() && header.typ != "jwt") return std::unexpected("typ is another kind of token");
  if (auto reason = check_common(claims, rule.issuer, rule.now); !reason.empty())
    return std::unexpected(reason);
  if (!has_claim(claims, "iat")) return std::unexpected("iat is missing");
  if (auto reason = check_audience(claims, rule.client_id); !reason.empty()) return std::unexpected(reason);
  const auto nonce = text_claim(claims, "nonce");
  if (nonce.empty() || !crypto::equal_in_constant_time(nonce, rule.nonce))
    return std::unexpected("nonce is not ours");
  const auto at_hash = text_claim(claims, "at_hash");
  if (has_claim(claims, "at_hash") && !rule.access_token.empty() &&
      !is_at_hash_right(header, at_hash, rule.access_token)) {
    return std::unexpected("at_hash is of another access token");
  }
  return identity_of(std::move(claims));
}

std::expected<ForeignIdentity, Reason> check_bearer_token(const TokenHeader& header, json::Value claims,
                                                          const BearerRule& rule) {
  if (!claims.is_object()) return std::unexpected("the claims are no object");
  if (is_other_token(header, claims)) return std::unexpected("it is no access token");
  if (auto reason = check_common(claims, rule.issuer, rule.now); !reason.empty())
    return std::unexpected(reason);
  if (!read_audience(claims, rule.audience).holds_ours) return std::unexpected("aud is not this server");
  return identity_of(std::move(claims));
}

}  // namespace xzepr::identity::oidc
