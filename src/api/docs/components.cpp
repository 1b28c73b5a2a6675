#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/docs/openapi.hpp"
#include "api/error_texts.hpp"
#include "base/limits.hpp"

namespace xzepr::api::docs {
namespace {

using schema::Member;
using schema::Need;

json::Value violation() {
  return schema::answer(
      "One broken rule.",
      {{"pointer", schema::text(), "JSON Pointer (RFC 6901) into the request."},
       {"keyword", schema::text(), "The rule: a keyword of JSON Schema, or required, unknown, range."},
       {"message", schema::text(), "For people."},
       {"schema", schema::text(), "The rule's own place in the receiver's schema.", Need::absent}});
}

json::Value problem_code() {
  std::vector<std::string_view> codes;
  for (const auto& row : error_codes) codes.push_back(row.code);
  return schema::choice(std::move(codes));
}

json::Value problem() {
  return schema::answer(
      "Every failure has this body (RFC 9457), with two older spellings beside it.",
      {{"type", schema::pattern("^/docs/errors/[a-z_]+$"), "The page of the code."},
       {"title", schema::text(), "What the code means."},
       {"status", schema::integer(400, 599), ""},
       {"code", problem_code(), "Stable; programs branch on it."},
       {"detail", schema::text(), "What happened this time."},
       {"request_id", schema::text(), "To find the request in the server's log."},
       {"violations", schema::list_of(schema::ref("Violation")), "All broken rules.", Need::absent},
       {"hint", schema::text(), "What to do next.", Need::absent},
       {"error", schema::text(), "The code, under its older name."},
       {"message", schema::text(), "The detail, under its older name."},
       {"field", schema::text(), "The member, parameter or header at fault.", Need::absent}});
}

json::Value pagination() {
  return schema::answer("", {{"limit", schema::integer(1, limits::page_size_max), "At most so many entries."},
                             {"next", schema::nullable(schema::text()), "For after; null on the last page."},
                             {"has_more", schema::flag(), ""}});
}

constexpr auto ours =
    std::to_array<NamedSchema>({{"Problem", problem}, {"Violation", violation}, {"Pagination", pagination}});

json::Object header_parameter(std::string_view name, std::string_view about, json::Value schema) {
  return {{"name", name}, {"in", "header"}, {"description", about}, {"schema", std::move(schema)}};
}

json::Object make_parameters() {
  json::Object made;
  const auto add = [&](std::string_view name, std::string_view about, json::Value schema) {
    made[name] = header_parameter(name, about, std::move(schema));
  };
  auto key = schema::pattern("^[!-~]+\\s*$");
  key.as_object()["minLength"] = 1;
  key.as_object()["maxLength"] = limits::idempotency_key_length_max;
  add("Idempotency-Key",
      "Makes trying again safe: the same key with the same body answers as the first time, with "
      "Idempotency-Replayed: true. Of a batch at most 240 characters.",
      std::move(key));
  add("If-Match", "The ETag that was read: another version answers 412. `*` or none takes any.",
      schema::pattern("^(\\*|(W/)?\"[^\"]*\")?\\s*$"));
  add("If-None-Match", "The ETag that was read: the same version answers 304 without a body.",
      schema::text());
  add("X-Request-Id",
      "Comes back in the answer and the log when it has 1 to 128 of A-Z a-z 0-9 - _ . : / + = @ , ~; another "
      "one "
      "is made otherwise.",
      schema::text());
  add("traceparent", "W3C Trace Context; comes back in the answer when it is well-formed.", schema::text());
  return made;
}

json::Object make_header(std::string_view about, json::Value schema, bool is_required = false) {
  json::Object made{{"description", about}};
  if (is_required) made["required"] = true;
  made["schema"] = std::move(schema);
  return made;
}

json::Object make_headers() {
  return {
      {"X-Request-Id", make_header("Of this request, as the log has it.", schema::text(1, 128), true)},
      {"X-RateLimit-Limit",
       make_header("Requests a minute; absent when limits are off.", schema::integer(0))},
      {"X-RateLimit-Remaining", make_header("How many are left now.", schema::integer(0))},
      {"X-RateLimit-Reset", make_header("Seconds until all are there again.", schema::integer(0))},
      {"RateLimit", make_header("The three in one: limit=100, remaining=99, reset=1.", schema::text())},
      {"Retry-After", make_header("Seconds to wait before trying again.", schema::integer(1))},
      {"ETag", make_header("The version, for If-Match and If-None-Match.", schema::text(2))},
      {"Location", make_header("The path of what was made.", schema::pattern("^/"))},
      {"Redirect", make_header("Where the browser goes.", schema::text(), true)},
      {"Set-Cookie", make_header("Of this host, path /.", schema::text())},
      {"Link", make_header("The next page: rel=\"next\". Absent on the last one.", schema::text())},
      {"Idempotency-Replayed", make_header("true when the key was used before and this is the first answer.",
                                           schema::choice({"true"}))},
      {"WWW-Authenticate", make_header("Bearer.", schema::text(), true)},
      {"Allow", make_header("The methods of this path.", schema::text(), true)}};
}

json::Value header(std::string_view name) {
  return json::Object{{"$ref", fmt::format("#/components/headers/{}", name)}};
}

json::Object make_response(const Refused& refused) {
  std::vector<std::string> titles;
  for (const auto code : refused.codes) titles.push_back(fmt::format("`{}`: {}.", code, title_of(code)));
  json::Object headers{{"X-Request-Id", header("X-Request-Id")}};
  if (refused.status == 401) headers["WWW-Authenticate"] = header("WWW-Authenticate");
  if (refused.status == 405) headers["Allow"] = header("Allow");
  if (refused.status == 429 || refused.status == 503) headers["Retry-After"] = header("Retry-After");
  return {{"description", fmt::format("{}", fmt::join(titles, " "))},
          {"headers", std::move(headers)},
          {"content",
           json::Object{{"application/problem+json", json::Object{{"schema", schema::ref("Problem")}}}}}};
}

json::Object make_security_schemes() {
  return {
      {"apiKey", json::Object{{"type", "apiKey"},
                              {"in", "header"},
                              {"name", "X-API-Key"},
                              {"description", "An API key: xzepr_ and 36 letters and digits."}}},
      {"bearer", json::Object{{"type", "http"},
                              {"scheme", "bearer"},
                              {"description", "An access token, or an API key. Not both headers."}}},
      {"browser",
       json::Object{{"type", "apiKey"},
                    {"in", "cookie"},
                    {"name", "__Host-xzepr-session"},
                    {"description",
                     "Of a browser that has logged in. Whatever changes something shows the value of "
                     "the cookie __Host-xzepr-csrf as X-CSRF-Token, too."}}},
      {"ticket", json::Object{{"type", "apiKey"},
                              {"in", "query"},
                              {"name", "ticket"},
                              {"description",
                               "Of POST /api/v1/stream/ticket, for who cannot send a header, as pages of a "
                               "browser: once, within 30 seconds, and no other credential beside it."}}}};
}

}  // namespace

std::span<const NamedSchema> common_schemas() { return ours; }

json::Object make_components(std::span<const NamedSchema> schemas) {
  json::Object made_schemas;
  for (const auto list : {schemas, common_schemas()}) {
    for (const auto& schema : list) made_schemas[schema.name] = schema.make();
  }
  json::Object responses;
  for (const auto& refused : shared_refusals())
    responses[response_name(refused.status)] = make_response(refused);
  return {{"schemas", std::move(made_schemas)},
          {"parameters", make_parameters()},
          {"headers", make_headers()},
          {"responses", std::move(responses)},
          {"securitySchemes", make_security_schemes()}};
}

}  // namespace xzepr::api::docs
