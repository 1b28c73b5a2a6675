#include "api/docs/operation_html.hpp"

#include <fmt/format.h>

#include "api/docs/description.hpp"
#include "api/docs/examples.hpp"
#include "api/docs/html.hpp"
#include "api/docs/openapi.hpp"
#include "api/docs/schema_html.hpp"
#include "api/error_texts.hpp"

namespace xzepr::api::docs {
namespace {

std::string_view permission_words(identity::Permission permission) {
  if (permission == identity::Permission::none) return "open to everybody";
  if (permission == identity::Permission::authenticated) return "any valid key";
  return {};
}

std::string permission_line(const Route& route) {
  const auto permission = route.demand.permission();
  const auto words = permission_words(permission);
  if (!words.empty()) return fmt::format("<p class=\"needs\">{}</p>\n", words);
  return fmt::format("<p class=\"needs\">needs <code>{}</code></p>\n", identity::to_string(permission));
}

std::string parameter_row(const Parameter& parameter, std::string_view place) {
  return fmt::format(
      "<tr><th scope=\"row\"><code>{}{}</code> <i>{}</i></th><td><span class=\"type\">{}</span><p>{}</p>"
      "</td></tr>\n",
      escaped(parameter.name), parameter.kind == ParameterKind::prefixed ? "&hellip;" : "", place,
      type_words(schema_of(parameter)), prose(parameter.about));
}

std::string header_row(std::string_view name, std::string_view about) {
  return fmt::format("<tr><th scope=\"row\"><code>{}</code> <i>header</i></th><td><p>{}</p></td></tr>\n",
                     name, about);
}

constexpr std::string_view key_words =
    "Makes trying again safe: the same key with the same body answers as the first time.";
constexpr std::string_view match_words = "The ETag that was read; another version answers 412.";
constexpr std::string_view none_match_words = "The ETag that was read; the same version answers 304.";

std::string parameters_table(const Route& route) {
  std::string rows;
  for (const auto& segment : route.segments) rows += parameter_row(segment, "path");
  for (const auto& parameter : route.query) rows += parameter_row(parameter, "query");
  if (has(route.reads, Reads::idempotency_key)) rows += header_row("Idempotency-Key", key_words);
  if (has(route.reads, Reads::if_match)) rows += header_row("If-Match", match_words);
  if (has(route.reads, Reads::if_none_match)) rows += header_row("If-None-Match", none_match_words);
  if (rows.empty()) return {};
  return fmt::format("<h4>Parameters</h4>\n<table class=\"members\"><tbody>\n{}</tbody></table>\n", rows);
}

std::string example_block(std::string_view title, std::string_view schema, const json::Object& schemas) {
  return fmt::format("<details><summary>{}</summary><pre tabindex=\"0\"><code>{}</code></pre></details>\n",
                     title, escaped(pretty(example_of(schemas.at(schema), schemas))));
}

std::string body_part(const Route& route, const json::Object& schemas) {
  if (route.body.media == Body::none) return {};
  return fmt::format(
      "<h4>Body</h4>\n<p>{}{}, at most {} bytes.</p>\n{}{}", schema_link(route.body.schema),
      route.body.media == Body::json_or_ndjson
          ? " as <code>application/json</code>, or an item a line as <code>application/x-ndjson</code>"
          : "",
      route.body_bytes_max, members_table(schemas.at(route.body.schema)),
      example_block("Example of the body", route.body.schema, schemas));
}

std::string carried(Carries carries) {
  std::string out;
  const auto add = [&](Carries one, std::string_view name) {
    if (has(carries, one)) out += fmt::format(" <code>{}</code>", name);
  };
  add(Carries::etag, "ETag");
  add(Carries::location, "Location");
  add(Carries::link, "Link");
  add(Carries::replayed, "Idempotency-Replayed");
  return out;
}

std::string answer_row(const Answer& answer) {
  const auto body = answer.schema.empty() ? escaped(answer.media_type) : schema_link(answer.schema);
  return fmt::format("<tr><th scope=\"row\"><b class=\"status ok\">{}</b></th><td><p>{} {}{}</p></td></tr>\n",
                     answer.status, prose(answer.about), body, carried(answer.carries));
}

std::string code_link(std::string_view code) {
  return fmt::format(R"(<a class="code" href="/docs/errors/{0}" title="{1}">{0}</a>)", code,
                     escaped(title_of(code)));
}

std::string refusal_row(const Refused& refused) {
  std::string codes;
  for (const auto code : refused.codes) codes += code_link(code) + " ";
  return fmt::format("<tr><th scope=\"row\"><b class=\"status\">{}</b></th><td>{}</td></tr>\n",
                     refused.status, codes);
}

std::string answers_part(const Route& route, const json::Object& schemas) {
  std::string rows;
  std::string examples;
  for (const auto& answer : route.answers.all()) {
    rows += answer_row(answer);
    if (examples.empty() && !answer.schema.empty())
      examples = example_block("Example of the answer", answer.schema, schemas);
  }
  std::string shared;
  for (const auto& refused : refusals_of(route)) (refused.is_shared ? shared : rows) += refusal_row(refused);
  return fmt::format(
      "<h4>Answers</h4>\n<table class=\"members\"><tbody>\n{}</tbody></table>\n{}"
      "<details><summary>What any request may be answered with</summary><table class=\"members\"><tbody>\n"
      "{}</tbody></table></details>\n",
      rows, examples, shared);
}

// --- the form
// -------------------------------------------------------------------------------------------------

std::string choice_field(std::string_view id, std::string_view name,
                         std::span<const std::string_view> choices) {
  std::string options = "<option value=\"\"></option>";
  for (const auto choice : choices) options += fmt::format("<option>{}</option>", escaped(choice));
  return fmt::format(R"(<select id="{}" data-in="query" data-name="{}">{}</select>)", id, name, options);
}

std::string parameter_field(const Route& route, const Parameter& parameter, std::string_view place) {
  constexpr std::string_view flags[] = {"true", "false"};
  const auto id = fmt::format("{}-{}", std::string_view(route.operation), parameter.name);
  std::string field;
  if (parameter.kind == ParameterKind::choice || parameter.kind == ParameterKind::flag) {
    field = choice_field(
        id, parameter.name,
        parameter.kind == ParameterKind::flag ? std::span<const std::string_view>(flags) : parameter.choices);
  } else {
    field = fmt::format(
        R"(<input id="{}" data-in="{}" data-name="{}" placeholder="{}" autocomplete="off"{}>)", id, place,
        escaped(parameter.name), escaped(parameter.example), place == "path" ? " required" : "");
  }
  return fmt::format("<label for=\"{}\">{}</label>{}\n", id, escaped(parameter.name), field);
}

std::string header_field(const Route& route, std::string_view name) {
  const auto id = fmt::format("{}-{}", std::string_view(route.operation), name);
  return fmt::format(
      "<label for=\"{0}\">{1}</label><input id=\"{0}\" data-in=\"header\" data-name=\"{1}\" "
      "autocomplete=\"off\">\n",
      id, name);
}

std::string body_field(const Route& route, const json::Object& schemas) {
  if (route.body.media == Body::none) return {};
  const auto text = pretty(example_of(schemas.at(route.body.schema), schemas));
  return fmt::format(
      "<label for=\"{0}-body\">Body</label><textarea id=\"{0}-body\" data-in=\"body\" rows=\"10\" "
      "spellcheck=\"false\">{1}</textarea>\n",
      std::string_view(route.operation), escaped(text));
}

std::string try_form(const Route& route, const json::Object& schemas) {
  std::string fields;
  for (const auto& segment : route.segments) fields += parameter_field(route, segment, "path");
  for (const auto& parameter : route.query) {
    if (parameter.kind != ParameterKind::prefixed) fields += parameter_field(route, parameter, "query");
  }
  if (has(route.reads, Reads::idempotency_key)) fields += header_field(route, "Idempotency-Key");
  if (has(route.reads, Reads::if_match)) fields += header_field(route, "If-Match");
  if (has(route.reads, Reads::if_none_match)) fields += header_field(route, "If-None-Match");
  fields += body_field(route, schemas);
  return fmt::format(
      "<details class=\"try\" hidden><summary>Try it</summary>\n"
      "<form data-method=\"{}\" data-path=\"{}\">\n<div class=\"fields\">\n{}</div>\n"
      "<p><button type=\"submit\">Send</button> <button type=\"button\" class=\"curl\">Copy as "
      "curl</button></p>\n"
      "<output aria-live=\"polite\"></output>\n</form></details>\n",
      http::to_string(route.method), escaped(route.path), fields);
}

}  // namespace

std::string operation_section(const Route& route, const json::Object& schemas) {
  const auto method = http::to_string(route.method);
  const std::string_view operation = route.operation;
  const std::string_view summary = route.summary;
  return fmt::format(
      "<section class=\"operation\" id=\"{0}\" data-words=\"{1} {2} {0} {3}\">\n"
      "<h3><a href=\"#{0}\">{3}</a></h3>\n<p class=\"line\">{4} <code>{2}</code></p>\n{5}{6}{7}{8}{9}"
      "</section>\n",
      escaped(operation), method, escaped(route.path), escaped(summary), method_mark(method),
      permission_line(route), parameters_table(route), body_part(route, schemas),
      answers_part(route, schemas), try_form(route, schemas));
}

}  // namespace xzepr::api::docs
