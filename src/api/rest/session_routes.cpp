#include <array>

#include "api/cross_site.hpp"
#include "api/rest/render_user.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/rest/user_parse.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

http::Response tokens_reply(const service::Tokens& tokens) {
  std::string body;
  append_tokens(body, tokens);
  return json_reply(std::move(body));
}

Task<Result<http::Response>> post_login(Exchange& exchange, const Services& services) {
  auto request = read_body(exchange, parse_login);
  if (!request) co_return std::unexpected(std::move(request).error());
  const auto tokens = co_await services.sessions.log_in(exchange.context, *std::move(request));
  if (!tokens) co_return std::unexpected(tokens.error());
  co_return tokens_reply(*tokens);
}

// Without a token in the header it is for the page itself to be ours: a stranger's must not log its victim in
// as somebody else.
Task<Result<http::Response>> post_browser_session(Exchange& exchange, const Services& services) {
  const auto head = read_head(exchange.request);
  if (auto same = check_same_origin(exchange.request, head); !same) co_return std::unexpected(same.error());
  auto request = read_body(exchange, parse_login);
  if (!request) co_return std::unexpected(std::move(request).error());
  std::string old_secret(services.cookies.secret(head.cookies));
  const auto session =
      co_await services.browsers.log_in(exchange.context, *std::move(request), std::move(old_secret));
  if (!session) co_return std::unexpected(session.error());
  std::string body;
  append_browser_session(body, *session);
  auto response = json_reply(std::move(body));
  services.cookies.set(response, *session);
  co_return response;
}

Task<Result<http::Response>> post_refresh(Exchange& exchange, const Services& services) {
  auto request = read_body(exchange, parse_refresh);
  if (!request) co_return std::unexpected(std::move(request).error());
  const auto tokens = co_await services.sessions.refresh(exchange.context, *std::move(request));
  if (!tokens) co_return std::unexpected(tokens.error());
  co_return tokens_reply(*tokens);
}

Task<Result<http::Response>> post_logout(Exchange& exchange, const Services& services) {
  const auto ended = co_await services.sessions.log_out(exchange.context);
  if (!ended) co_return std::unexpected(ended.error());
  auto response = no_content();
  if (!services.cookies.secret(exchange.request.header("Cookie")).empty()) services.cookies.clear(response);
  co_return response;
}

Task<Result<http::Response>> post_stream_ticket(Exchange& exchange, const Services& services) {
  const auto ticket = co_await services.tickets.issue(exchange.context);
  std::string body;
  append_stream_ticket(body, ticket);
  co_return json_reply(std::move(body));
}

Result<http::Response> get_key_set(const Exchange& exchange, const Services& services) {
  const auto keys = services.signing_keys.keys();
  http::Response response = json_reply(keys ? keys->key_set(exchange.context.now) : R"({"keys":[]})");
  response.set("Cache-Control", "public, max-age=60");
  return response;
}

constexpr auto session_route_table = std::to_array<Route>({
    {.method = http::Method::post,
     .path = "/api/v1/auth/login",
     .demand = identity::Permission::none,
     .action = post_login,
     .operation = "logIn",
     .summary = "A user name and a password for an access token and a refresh token",
     .answers = ok("Tokens"),
     .refusals = {"login_refused", "tokens_unavailable", "credentials_invalid"},
     .body = json_body("Login"),
     .is_audited = true,
     .is_login = true},
    {.method = http::Method::post,
     .path = "/api/v1/auth/session",
     .demand = identity::Permission::none,
     .action = post_browser_session,
     .operation = "openBrowserSession",
     .summary = "The same for a page of this server: the session is a cookie that no script sees",
     .answers = ok("BrowserSession", Carries::cookies),
     .refusals = {"login_refused", "csrf_refused", "credentials_invalid"},
     .body = json_body("Login"),
     .is_audited = true,
     .is_login = true},
    {.method = http::Method::post,
     .path = "/api/v1/auth/refresh",
     .demand = identity::Permission::none,
     .action = post_refresh,
     .operation = "refreshTokens",
     .summary =
         "The access token, expired or not, and its refresh token for two new ones; the old ones are used up",
     .answers = ok("Tokens"),
     .refusals = {"refresh_refused", "tokens_unavailable", "credentials_invalid"},
     .body = json_body("Refresh"),
     .is_audited = true},
    {.method = http::Method::post,
     .path = "/api/v1/auth/logout",
     .demand = identity::Permission::authenticated,
     .action = post_logout,
     .operation = "logOut",
     .summary = "End the caller's session; its tokens or cookie are refused everywhere within a second",
     .answers = done(Carries::cookies),
     .is_audited = true},
    {.method = http::Method::post,
     .path = "/api/v1/stream/ticket",
     .demand = identity::Permission::event_read,
     .action = post_stream_ticket,
     .operation = "makeStreamTicket",
     .summary = "A ticket that opens one WebSocket within 30 seconds, for who cannot send a header",
     .answers = ok("StreamTicket")},
    {.method = http::Method::get,
     .path = "/api/v1/auth/jwks",
     .demand = identity::Permission::none,
     .action = get_key_set,
     .operation = "getKeySet",
     .summary = "The public keys of this server's access tokens (JWK Set, RFC 7517)",
     .answers = ok("KeySet"),
     .limit = Limit::exempt},
});

}  // namespace

std::span<const Route> session_routes() { return session_route_table; }

}  // namespace xzepr::api::rest
