#include "identity/oidc/relying_party.hpp"

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "crypto/secret_box.hpp"
#include "http/cookie.hpp"
#include "http/query.hpp"
#include "identity/oidc/login_attempt.hpp"
#include "identity/oidc/refusal.hpp"
#include "identity/oidc/return_path.hpp"
#include "identity/oidc/token_endpoint.hpp"
#include "json/parse.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr std::size_t used_max = 100'000;
constexpr std::string_view log_target = "oidc";
constexpr std::string_view not_begun_here = "this browser has no login under way that belongs to this answer";

std::unexpected<Error> not_confirmed() { return login_refused("the provider did not confirm this login"); }

}  // namespace

RelyingParty::RelyingParty(Settings settings, std::string_view shared_secret, Fetcher& fetcher,
                           telemetry::Log& log)
    : settings_(std::move(settings)),
      cookie_key_(crypto::derive_key(shared_secret, "xzepr oidc login cookie")),
      fetcher_(fetcher),
      log_(log),
      provider_(settings_.issuer, fetcher) {}

void RelyingParty::note(std::string_view reason) {
  log_.warn(log_target, "a login or token of the provider was refused", {{"reason", reason}});
}

std::string_view RelyingParty::cookie_name() const {
  return settings_.redirect_url.starts_with("https://") ? "__Host-xzepr-login" : "xzepr-login";
}

// Lax, not Strict: the callback comes from the provider's site.
std::string RelyingParty::set_cookie(std::string_view value, std::chrono::seconds lifetime) const {
  const bool is_secure = settings_.redirect_url.starts_with("https://");
  return http::to_header({.name = cookie_name(),
                          .value = value,
                          .lifetime = lifetime,
                          .same_site = http::SameSite::lax,
                          .is_secure = is_secure});
}

std::string RelyingParty::clear_cookie() const { return set_cookie("", std::chrono::seconds{0}); }

std::string RelyingParty::authorization_url(const Discovery& discovery, const LoginAttempt& attempt) const {
  const auto& endpoint = discovery.authorization_endpoint;
  return fmt::format(
      "{}{}response_type=code&client_id={}&redirect_uri={}&scope={}&state={}&nonce={}&code_challenge={}"
      "&code_challenge_method=S256",
      endpoint, endpoint.find('?') == std::string::npos ? "?" : "&",
      http::percent_encode(settings_.client_id), http::percent_encode(settings_.redirect_url),
      http::percent_encode(settings_.scopes), attempt.state, attempt.nonce, challenge_of(attempt.verifier));
}

Task<Result<LoginStart>> RelyingParty::begin(std::string return_path, TimePoint now) {
  if (return_path.empty()) return_path = "/";
  if (!is_return_path(return_path)) {
    co_return invalid_field("return_to", "format",
                            "must be a path of this server, beginning with one slash, such as /console");
  }
  const auto provider = co_await provider_.get(now);
  if (!provider) co_return std::unexpected(provider.error());
  const auto attempt = begin_attempt(settings_.issuer, std::move(return_path), now);
  co_return LoginStart{.location = authorization_url((*provider)->discovery, attempt),
                       .cookie = set_cookie(seal_attempt(cookie_key_, attempt), login_time)};
}

Result<LoginAttempt> RelyingParty::open(const Callback& callback, std::string_view cookies, TimePoint now) {
  auto attempt = open_attempt(cookie_key_, http::cookie_value(cookies, cookie_name()), now);
  if (!attempt || !callback.state || !crypto::equal_in_constant_time(*callback.state, attempt->state)) {
    note("the state is not that of a login that this browser began");
    return login_invalid(std::string(not_begun_here));
  }
  if (attempt->issuer != settings_.issuer) {
    note("the login was begun at another provider");
    return login_invalid(std::string(not_begun_here));
  }
  return *std::move(attempt);
}

// RFC 9207, section 2.4: of the errors, too.
Result<void> RelyingParty::check_callback(const Callback& callback, const ProviderState& provider) {
  const bool is_other =
      callback.issuer ? *callback.issuer != settings_.issuer : provider.discovery.names_issuer;
  if (is_other) {
    note("the answer is of another issuer");
    return login_invalid("the answer is of another provider than this login was begun at");
  }
  if (callback.error) {
    note("the provider answers " + *callback.error);
    return not_confirmed();
  }
  if (!callback.code || callback.code->empty()) return login_invalid("the answer has no code");
  return {};
}

bool RelyingParty::use_up(const LoginAttempt& attempt, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (used_.size() >= used_max) std::erase_if(used_, [now](const auto& item) { return item.second <= now; });
  if (used_.size() >= used_max) return false;
  return used_.emplace(attempt.state, attempt.expires_at).second;
}

Task<Result<LoginEnd>> RelyingParty::finish(Callback callback, std::string cookies, TimePoint now) {
  auto attempt = open(callback, cookies, now);
  if (!attempt) co_return std::unexpected(attempt.error());
  const auto provider = co_await provider_.get(now);
  if (!provider) co_return std::unexpected(provider.error());
  if (auto checked = check_callback(callback, **provider); !checked)
    co_return std::unexpected(checked.error());
  if (!use_up(*attempt, now)) {
    note("the state was used before");
    co_return login_invalid(std::string(not_begun_here));
  }
  const auto tokens =
      co_await exchange((*provider)->discovery.token_endpoint, *std::move(callback.code), attempt->verifier);
  if (!tokens) co_return std::unexpected(tokens.error());
  auto identity = co_await identify(*tokens, attempt->nonce, now);
  if (!identity) co_return std::unexpected(identity.error());
  auto rights = rights_of(identity->claims, settings_.rights);
  co_return LoginEnd{.vouched = {.identity = *std::move(identity), .rights = std::move(rights)},
                     .return_path = std::move(attempt->return_path)};
}

Task<Result<RelyingParty::Tokens>> RelyingParty::exchange(std::string endpoint, std::string code,
                                                          std::string verifier) {
  auto answer = co_await fetcher_.fetch(code_request(settings_, std::move(endpoint), code, verifier));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status >= 400 && answer->status < 500) {
    note(fmt::format("the token endpoint answers {} {}", answer->status, token_error(answer->body)));
    co_return login_invalid("the provider does not take the code of this answer");
  }
  auto tokens = answer->status == 200 ? parse_tokens(answer->body) : std::nullopt;
  if (!tokens) co_return provider_unavailable("the provider's token endpoint gives no ID token");
  co_return Tokens{.id_token = std::move(tokens->first), .access_token = std::move(tokens->second)};
}

Task<Result<ForeignIdentity>> RelyingParty::identify(const Tokens& tokens, std::string nonce, TimePoint now) {
  const auto parts = take_apart(tokens.id_token);
  if (!parts) {
    note("the ID token is no token that is taken here");
    co_return not_confirmed();
  }
  auto claims = co_await provider_.read_token(*parts, now);
  if (!claims) co_return std::unexpected(claims.error());
  if (!*claims) {
    note("the ID token is not signed by a key of the provider");
    co_return not_confirmed();
  }
  auto identity = check_id_token(parts->header, **std::move(claims),
                                 {.issuer = settings_.issuer,
                                  .client_id = settings_.client_id,
                                  .nonce = nonce,
                                  .access_token = tokens.access_token,
                                  .now = now});
  if (!identity) {
    note("the ID token: " + identity.error());
    co_return not_confirmed();
  }
  if (settings_.asks_userinfo) {
    auto added = co_await add_userinfo(*identity, tokens.access_token, now);
    if (!added) co_return std::unexpected(added.error());
  }
  co_return *std::move(identity);
}

// Section 5.3: only what the ID token does not say itself, and only of the same subject.
Task<Result<void>> RelyingParty::add_userinfo(ForeignIdentity& identity, std::string access_token,
                                              TimePoint now) {
  const auto provider = co_await provider_.get(now);
  if (!provider) co_return std::unexpected(provider.error());
  const auto& endpoint = (*provider)->discovery.userinfo_endpoint;
  if (endpoint.empty() || access_token.empty())
    co_return provider_unavailable("the provider has no userinfo");
  const auto answer = co_await fetcher_.fetch(json_request(endpoint, access_token));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != 200) co_return provider_unavailable("the provider gives no userinfo");
  const auto more = json::parse(answer->body);
  if (!more || !merge_userinfo(identity, *more)) {
    note("userinfo is of another subject");
    co_return not_confirmed();
  }
  co_return Result<void>{};
}

bool RelyingParty::is_meant(std::string_view token) const {
  if (settings_.bearer_audience.empty()) return false;
  const auto parts = take_apart(token);
  const auto claims = parts ? parse_claims(*parts) : std::nullopt;
  if (!claims) return false;
  const auto* issuer = claims->as_object().if_contains("iss");
  return issuer != nullptr && issuer->is_string() && json::view(issuer->as_string()) == settings_.issuer;
}

Task<Result<Vouched>> RelyingParty::verify_bearer(std::string token, TimePoint now) {
  const auto parts = settings_.bearer_audience.empty() ? std::nullopt : take_apart(token);
  if (!parts) co_return token_refused();
  auto claims = co_await provider_.read_token(*parts, now);
  if (!claims) co_return std::unexpected(claims.error());
  if (!*claims) {
    note("a bearer token is not signed by a key of the provider");
    co_return token_refused();
  }
  auto identity =
      check_bearer_token(parts->header, **std::move(claims),
                         {.issuer = settings_.issuer, .audience = settings_.bearer_audience, .now = now});
  if (!identity) {
    note("a bearer token: " + identity.error());
    co_return token_refused();
  }
  auto rights = rights_of(identity->claims, settings_.rights);
  co_return Vouched{.identity = *std::move(identity), .rights = std::move(rights)};
}

}  // namespace xzepr::identity::oidc
