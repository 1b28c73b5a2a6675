#include "service/browser_session_service.hpp"

#include "crypto/random.hpp"
#include "crypto/secret_box.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

constexpr std::string_view secret_prefix = "xzb_";
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t secret_length = secret_prefix.size() + 43;

// Not the hash of a refresh token with the same text: neither can be used as the other.
crypto::Sha256 secret_hash(std::string_view secret) {
  return crypto::sha256("browser session\n" + std::string(secret));
}

Error oidc_unconfigured() {
  return Error{.kind = Errc::not_found,
               .code = "oidc_unconfigured",
               .detail = "this server knows no OpenID Connect provider",
               .hint = "log in with a local account, or let an operator set oidc.issuer_url"};
}

}  // namespace

CsrfTokens::CsrfTokens(std::string_view shared_secret)
    : key_(crypto::derive_key(shared_secret, "xzepr csrf token")) {}

std::string CsrfTokens::token(SessionId session) const {
  return crypto::to_hex(crypto::hmac_sha256(key_, to_string(session)));
}

bool CsrfTokens::is_token(SessionId session, std::string_view text) const {
  return crypto::equal_in_constant_time(token(session), text);
}

BrowserSessionService::BrowserSessionService(SessionService& sessions, store::SessionStore& store,
                                             const CsrfTokens& csrf, const SessionParts& parts)
    : sessions_(sessions),
      store_(store),
      csrf_(csrf),
      provider_(parts.provider),
      lifetime_(parts.policy.session_lifetime) {}

Task<Result<BrowserSession>> BrowserSessionService::log_in(const Context& context, LoginRequest request,
                                                           std::string old_secret) {
  auto user = co_await sessions_.check_password(context, std::move(request));
  if (!user) co_return std::unexpected(std::move(user).error());
  std::vector<std::string> no_teams;
  std::string detail = "password, in a browser";
  co_return co_await open(context, *std::move(user), std::move(no_teams), std::move(detail),
                          std::move(old_secret));
}

Task<Result<ProviderLoginStart>> BrowserSessionService::begin_at_provider(std::string return_path,
                                                                          TimePoint now) {
  if (provider_ == nullptr) co_return std::unexpected(oidc_unconfigured());
  co_return co_await provider_->begin(std::move(return_path), now);
}

Task<Result<BrowserLogin>> BrowserSessionService::finish_at_provider(const Context& context,
                                                                     ProviderAnswer answer,
                                                                     std::string cookies,
                                                                     std::string old_secret) {
  if (provider_ == nullptr) co_return std::unexpected(oidc_unconfigured());
  auto login = co_await provider_->finish(context, std::move(answer), std::move(cookies));
  if (!login) {
    std::string reason = "OpenID Connect: " + login.error().detail;
    std::string nobody;
    co_await sessions_.refuse_login(context, std::move(nobody), std::move(reason));
    co_return std::unexpected(std::move(login).error());
  }
  std::string detail = "OpenID Connect";
  auto session = co_await open(context, std::move(login->user), std::move(login->team_roles),
                               std::move(detail), std::move(old_secret));
  co_return BrowserLogin{.session = std::move(session), .return_path = std::move(login->return_path)};
}

std::string BrowserSessionService::clear_provider_cookie() const {
  return provider_ == nullptr ? std::string() : provider_->clear_cookie();
}

Task<BrowserSession> BrowserSessionService::open(const Context& context, identity::User user,
                                                 std::vector<std::string> team_roles, std::string detail,
                                                 std::string old_secret) {
  if (!old_secret.empty()) {
    auto old = co_await store_.find_refresh_token(secret_hash(old_secret), context.deadline);
    if (old) co_await sessions_.replace(context, std::move(old->of));
  }
  BrowserSession opened{
      .secret = std::string(secret_prefix) + crypto::to_base64url(crypto::random_bytes(secret_bytes)),
      .csrf_token = {},
      .expires_at = {},
      .lifetime = lifetime_,
      .user = std::move(user)};
  const auto hash = secret_hash(opened.secret);
  const auto session =
      co_await sessions_.open_session(context, opened.user, std::move(team_roles), hash, std::move(detail));
  opened.csrf_token = csrf_.token(session.id);
  opened.expires_at = session.expires_at;
  co_return opened;
}

Task<Result<Caller>> BrowserSessionService::authenticate(std::string_view secret, TimePoint now,
                                                         Deadline deadline) {
  if (secret.size() != secret_length || !secret.starts_with(secret_prefix))
    co_return std::unexpected(credentials_invalid());
  const std::int64_t revision = co_await sessions_.known_revision(deadline);
  const auto hash = secret_hash(secret);
  if (auto known = cache_.find(hash, revision, now)) co_return *std::move(known);
  const auto record = co_await store_.find_refresh_token(hash, deadline);
  Result<Caller> answer = std::unexpected(credentials_invalid());
  if (record) answer = principal_of(record->of, revision, now);
  const auto end = record ? std::optional(record->of.session.expires_at) : std::nullopt;
  cache_.put(hash, revision, now, answer, end);
  co_return answer;
}

bool BrowserSessionService::is_csrf_token(const identity::Principal& caller, std::string_view text) const {
  return caller.session_id && csrf_.is_token(*caller.session_id, text);
}

}  // namespace xzepr::service
