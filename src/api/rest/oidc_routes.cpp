#include <array>

#include "api/rest/login_page.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

std::optional<std::string> given(const Exchange& exchange, std::string_view name) {
  const auto text = exchange.parameter(name);
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

http::Response go_to(std::string location) {
  http::Response response{.status = 302, .content_type = ""};
  response.set("Location", std::move(location));
  return response;
}

// People come here with a browser; a program gets the problem that every route gives.
Result<http::Response> for_reader(const Exchange& exchange, Error error) {
  const auto accept = exchange.request.header("Accept");
  if (accept.find("text/html") == std::string_view::npos) return std::unexpected(std::move(error));
  return login_error_page(error, exchange.context.request_id);
}

Task<Result<http::Response>> get_oidc_login(Exchange& exchange, const Services& services) {
  std::string return_path = given(exchange, "return_to").value_or("");
  auto start = co_await services.browsers.begin_at_provider(std::move(return_path), exchange.context.now);
  if (!start) co_return for_reader(exchange, std::move(start).error());
  auto response = go_to(std::move(start->location));
  response.set("Set-Cookie", std::move(start->cookie));
  co_return response;
}

Task<Result<http::Response>> get_oidc_callback(Exchange& exchange, const Services& services) {
  service::ProviderAnswer answer{.code = given(exchange, "code"),
                                 .state = given(exchange, "state"),
                                 .issuer = given(exchange, "iss"),
                                 .error = given(exchange, "error")};
  const auto cookies = exchange.request.header("Cookie");
  std::string all_cookies(cookies);
  std::string old_secret(services.cookies.secret(cookies));
  auto login = co_await services.browsers.finish_at_provider(exchange.context, std::move(answer),
                                                             std::move(all_cookies), std::move(old_secret));
  if (!login) {
    auto refused = for_reader(exchange, login.error());
    if (!refused) refused = problem(login.error(), exchange.context.request_id);
    auto clear = services.browsers.clear_provider_cookie();
    if (!clear.empty()) refused->set("Set-Cookie", std::move(clear));
    co_return refused;
  }
  auto response = go_to(std::move(login->return_path));
  response.set("Set-Cookie", services.browsers.clear_provider_cookie());
  services.cookies.set(response, login->session);
  co_return response;
}

constexpr Parameter return_to{.name = "return_to",
                              .about = "The path of this server to go to afterwards.",
                              .max = 2'048,
                              .initial = "/",
                              .example = "/docs"};
constexpr std::array oidc_login_query = {return_to};
constexpr std::array oidc_callback_query = {
    Parameter{.name = "code", .about = "For the tokens.", .max = 8'192},
    Parameter{.name = "state", .about = "Of the login that this browser began.", .max = 1'024},
    Parameter{.name = "iss", .about = "The provider (RFC 9207).", .max = 2'048},
    Parameter{.name = "error", .about = "What the provider refused; never shown.", .max = 1'024}};

constexpr auto oidc_route_table = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/api/v1/auth/oidc/login",
     .demand = identity::Permission::none,
     .action = get_oidc_login,
     .operation = "beginProviderLogin",
     .summary = "Log in at the OpenID Connect provider: for a browser, which is sent there",
     .answers = redirects("To the provider.", Carries::cookies),
     .refusals = {"oidc_unconfigured", "oidc_unavailable", "field_invalid", "credentials_invalid"},
     .query = oidc_login_query},
    {.method = http::Method::get,
     .path = "/api/v1/auth/oidc/callback",
     .demand = identity::Permission::none,
     .action = get_oidc_callback,
     .operation = "endProviderLogin",
     .summary = "Where the provider sends the browser back to; opens a session in a cookie",
     .answers = redirects("To where the login began.", Carries::cookies),
     .refusals = {"oidc_unconfigured", "oidc_unavailable", "oidc_login_invalid", "oidc_login_refused",
                  "credentials_invalid"},
     .query = oidc_callback_query,
     .ignores_unknown_query = true,
     .is_audited = true},
});

}  // namespace

std::span<const Route> oidc_routes() { return oidc_route_table; }

}  // namespace xzepr::api::rest
