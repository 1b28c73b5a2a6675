#include <array>

#include <fmt/format.h>

#include "api/docs/site.hpp"
#include "api/entity_tags.hpp"
#include "api/exchange.hpp"
#include "api/services.hpp"

namespace xzepr::api::docs {
namespace {

constexpr Parameter code_segment{
    .name = "code", .about = "The code of a problem body.", .max = 100, .example = "payload_invalid"};
constexpr std::array error_segments = {code_segment};

Result<http::Response> give(const Exchange& exchange, const Services& services, std::string_view path) {
  const auto* page = services.pages.find(path);
  if (page == nullptr) {
    return std::unexpected(Error{.kind = Errc::not_found,
                                 .code = "path_unknown",
                                 .detail = fmt::format("there is nothing at {}", path),
                                 .hint = "/docs/errors lists every code"});
  }
  http::Response response{.content_type = page->content_type};
  // Asked for again each time and answered with 304 until the server is another one.
  response.set("Cache-Control", "no-cache");
  response.set("ETag", page->etag);
  if (is_not_modified(exchange.request, page->etag)) {
    response.status = 304;
    response.content_type = "";
  } else {
    response.body = page->body;
  }
  return response;
}

Result<http::Response> get_page(const Exchange& exchange, const Services& services) {
  return give(exchange, services, exchange.request.path);
}

// Until there is a console, its place leads to what there is to see.
Result<http::Response> get_root(const Exchange&, const Services&) {
  http::Response response{.status = 302, .content_type = ""};
  response.set("Location", "/docs");
  return response;
}

// For programs as JSON, for people as a page.
Result<http::Response> get_page_or_json(const Exchange& exchange, const Services& services) {
  const auto accept = exchange.request.header("Accept");
  const bool wants_json = accept.find("application/json") != std::string_view::npos &&
                          accept.find("text/html") == std::string_view::npos;
  auto response =
      give(exchange, services, fmt::format("{}{}", exchange.request.path, wants_json ? ".json" : ""));
  if (response) response->set("Vary", "Accept");
  return response;
}

constexpr auto docs_route_table = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/",
     .demand = identity::Permission::none,
     .action = get_root,
     .operation = "getRoot",
     .summary = "Where a browser begins",
     .answers = redirects("To /docs."),
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/openapi.json",
     .demand = identity::Permission::none,
     .action = get_page,
     .operation = "getOpenApi",
     .summary = "This interface as OpenAPI 3.1",
     .answers = {ok("OpenApi", Carries::etag), not_modified()},
     .reads = Reads::if_none_match,
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/docs",
     .demand = identity::Permission::none,
     .action = get_page,
     .operation = "getDocs",
     .summary = "This interface for people: a page to read and to try",
     .answers = {text_answer("text/html", Carries::etag), not_modified()},
     .reads = Reads::if_none_match,
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/docs/docs.css",
     .demand = identity::Permission::none,
     .action = get_page,
     .operation = "getDocsStyle",
     .summary = "The style of the page",
     .answers = {text_answer("text/css", Carries::etag), not_modified()},
     .reads = Reads::if_none_match,
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/docs/docs.js",
     .demand = identity::Permission::none,
     .action = get_page,
     .operation = "getDocsScript",
     .summary = "The script of the page",
     .answers = {text_answer("text/javascript", Carries::etag), not_modified()},
     .reads = Reads::if_none_match,
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/docs/icon.svg",
     .demand = identity::Permission::none,
     .action = get_page,
     .operation = "getDocsIcon",
     .summary = "The icon of the page",
     .answers = {text_answer("image/svg+xml", Carries::etag), not_modified()},
     .reads = Reads::if_none_match,
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/docs/errors",
     .demand = identity::Permission::none,
     .action = get_page_or_json,
     .operation = "listErrors",
     .summary = "Every error code with cause and fix; JSON with Accept: application/json",
     .answers = {text_answer("text/html", Carries::etag), ok("ErrorList", Carries::etag), not_modified()},
     .reads = Reads::if_none_match,
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/docs/errors/{code}",
     .demand = identity::Permission::none,
     .action = get_page_or_json,
     .operation = "getError",
     .summary = "One error code; JSON with Accept: application/json",
     .answers = {text_answer("text/html", Carries::etag), ok("ErrorDescription", Carries::etag),
                 not_modified()},
     .segments = error_segments,
     .reads = Reads::if_none_match,
     .limit = Limit::exempt},
});

json::Value open_api() {
  const json::Value object(json::Object{{"type", "object"}});
  return schema::answer("An OpenAPI 3.1 document.",
                        {{"openapi", schema::text(), ""}, {"info", object, ""}, {"paths", object, ""}});
}

json::Value error_description() {
  return schema::answer("What an error code means.",
                        {{"code", schema::text(), ""},
                         {"title", schema::text(), ""},
                         {"statuses", schema::list_of(schema::integer(400, 599)), ""},
                         {"cause", schema::text(), "Why it comes."},
                         {"fix", schema::text(), "What to do."},
                         {"example", schema::ref("Problem"), ""}});
}

json::Value error_list() {
  return schema::answer("", {{"data", schema::list_of(schema::ref("ErrorDescription")), ""}});
}

constexpr auto docs_schema_table = std::to_array<NamedSchema>(
    {{"OpenApi", open_api}, {"ErrorDescription", error_description}, {"ErrorList", error_list}});

}  // namespace

std::span<const Route> docs_routes() { return docs_route_table; }

std::span<const NamedSchema> docs_schemas() { return docs_schema_table; }

}  // namespace xzepr::api::docs
