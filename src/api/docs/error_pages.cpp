#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "api/docs/examples.hpp"
#include "api/docs/html.hpp"
#include "api/docs/site.hpp"
#include "api/error_map.hpp"
#include "api/error_texts.hpp"
#include "base/assert.hpp"
#include "http/message.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::api::docs {
namespace {

constexpr std::string_view example_request_id = "01JE4Q8Z5X8R4B1T6V0N2M3K7D";

// Made by what makes the real ones.
json::Value example_problem(const ErrorCode& row) {
  std::string body;
  append_problem(body, row.status, example_of(*text_of(row.code)), example_request_id);
  auto parsed = json::parse(body);
  XZEPR_ASSERT(parsed);
  return *std::move(parsed);
}

std::string example_text(const ErrorCode& row) {
  std::string head = fmt::format("HTTP/1.1 {} {}\nContent-Type: application/problem+json\nX-Request-Id: {}\n",
                                 row.status, http::reason_phrase(row.status), example_request_id);
  if (row.status == 401) head += "WWW-Authenticate: Bearer\n";
  if (row.status == 429 || row.status == 503) head += "Retry-After: 1\n";
  return head + "\n" + pretty(example_problem(row));
}

std::string statuses(const ErrorCode& row) {
  return row.other_status == 0 ? fmt::to_string(row.status)
                               : fmt::format("{} or {}", row.status, row.other_status);
}

std::string navigation(std::string_view here) {
  std::string out =
      "<p id=\"search\" hidden><label for=\"filter\">Filter</label><input id=\"filter\" type=\"search\" "
      "placeholder=\"Filter&hellip;   /\" autocomplete=\"off\"></p>\n<h2>Error codes</h2>\n<ul "
      "class=\"names\">\n";
  for (const auto& row : error_codes) {
    out += fmt::format("<li data-words=\"{0} {1} {2}\"><a href=\"/docs/errors/{0}\"{3}>{0}</a></li>\n",
                       row.code, escaped(title_of(row.code)), row.status,
                       row.code == here ? " aria-current=\"page\"" : "");
  }
  return out + "</ul>\n";
}

bool may_answer(const Route& route, std::string_view code) {
  return std::ranges::any_of(refusals_of(route), [&](const Refused& refused) {
    return std::ranges::find(refused.codes, code) != refused.codes.end();
  });
}

// Where it comes from; what every route may answer would be a list of everything.
std::string origins(const Description& description, const ErrorCode& row) {
  std::vector<const Route*> found;
  for (const auto& route : description.routes) {
    if (may_answer(route, row.code)) found.push_back(&route);
  }
  if (found.empty()) return {};
  if (found.size() == description.routes.size())
    return "<h2>Where</h2>\n<p>Any request may be answered with it.</p>\n";
  std::string out = "<h2>Where</h2>\n<ul class=\"origins\">\n";
  for (const auto* route : found) {
    out += fmt::format("<li><a href=\"/docs#{}\">{} <code>{}</code></a></li>\n",
                       std::string_view(route->operation), method_mark(http::to_string(route->method)),
                       escaped(route->path));
  }
  return out + "</ul>\n";
}

json::Object described(const ErrorCode& row) {
  const auto& text = *text_of(row.code);
  json::Array all{row.status};
  if (row.other_status != 0) all.push_back(row.other_status);
  return {{"code", text.code},   {"title", text.title}, {"statuses", std::move(all)},
          {"cause", text.cause}, {"fix", text.fix},     {"example", example_problem(row)}};
}

}  // namespace

std::string error_page(const Description& description, const ErrorCode& row) {
  const auto& text = *text_of(row.code);
  auto content = fmt::format(
      "<article class=\"error\">\n<p class=\"line\"><b class=\"status\">{}</b> <code>{}</code></p>\n"
      "<h1>{}</h1>\n<h2>Cause</h2>\n<p>{}</p>\n<h2>What to do</h2>\n<p>{}</p>\n"
      "<h2>Example</h2>\n<pre tabindex=\"0\"><code>{}</code></pre>\n{}</article>\n",
      statuses(row), row.code, escaped(text.title), escaped(text.cause), escaped(text.fix),
      escaped(example_text(row)), origins(description, row));
  return framed({.title = fmt::format("{} - XZepr", row.code),
                 .version = description.version,
                 .navigation = navigation(row.code),
                 .content = std::move(content)});
}

std::string error_index_page(const Description& description) {
  std::string rows;
  for (const auto& row : error_codes) {
    rows += fmt::format(
        "<tr data-words=\"{0} {2} {1}\"><th scope=\"row\"><a "
        "href=\"/docs/errors/{0}\"><code>{0}</code></a></th>"
        "<td><b class=\"status\">{1}</b></td><td>{2}</td></tr>\n",
        row.code, statuses(row), escaped(title_of(row.code)));
  }
  return framed({.title = "Errors - XZepr",
                 .version = description.version,
                 .navigation = navigation(""),
                 .content = fmt::format("<article class=\"error\">\n<h1>Errors</h1>\n<p>Every failure has "
                                        "one body (RFC 9457). Its <code>code</code> is "
                                        "stable; <code>type</code> leads here.</p>\n<table class=\"members "
                                        "index\"><tbody>\n{}</tbody></table>\n"
                                        "</article>\n",
                                        rows)});
}

std::string error_json(const ErrorCode& row) { return json::write(described(row)); }

std::string error_index_json() {
  json::Array all;
  for (const auto& row : error_codes) all.push_back(described(row));
  return json::write(json::Object{{"data", std::move(all)}});
}

}  // namespace xzepr::api::docs
