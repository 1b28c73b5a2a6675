#include "api/docs/schema_html.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/docs/examples.hpp"
#include "api/docs/html.hpp"
#include "json/write.hpp"

namespace xzepr::api::docs {
namespace {

const json::Value* find(const json::Value& schema, std::string_view name) {
  return schema.as_object().if_contains(name);
}

std::string base_type(const json::Value& schema) {
  const auto* type = find(schema, "type");
  if (type == nullptr) return "any JSON";
  if (type->is_string()) return std::string(json::view(type->as_string()));
  std::vector<std::string_view> names;
  for (const auto& one : type->as_array()) names.push_back(json::view(one.as_string()));
  return fmt::format("{}", fmt::join(names, " or "));
}

// "1 to 255 characters" and the like: both bounds, or the one that there is.
std::string bounds(const json::Value& schema, std::string_view least, std::string_view most,
                   std::string_view unit) {
  const auto* min = find(schema, least);
  const auto* max = find(schema, most);
  if (min != nullptr && max != nullptr)
    return fmt::format(", {} to {}{}", json::write(*min), json::write(*max), unit);
  if (max != nullptr) return fmt::format(", at most {}{}", json::write(*max), unit);
  if (min != nullptr) return fmt::format(", at least {}{}", json::write(*min), unit);
  return {};
}

std::string choices(const json::Array& values) {
  std::vector<std::string> marked;
  for (const auto& value : values) {
    if (value.is_null()) continue;
    marked.push_back(fmt::format("<code>{}</code>", escaped(json::view(value.as_string()))));
  }
  return fmt::format("{}", fmt::join(marked, " "));
}

bool is_required(const json::Value& schema, std::string_view member) {
  const auto* required = find(schema, "required");
  return required != nullptr && std::ranges::any_of(required->as_array(), [&](const json::Value& name) {
           return json::view(name.as_string()) == member;
         });
}

std::string row(const json::Value& schema, std::string_view name, const json::Value& type) {
  const auto* about = find(type, "description");
  return fmt::format(
      "<tr><th scope=\"row\"><code>{}</code>{}</th><td><span class=\"type\">{}</span>{}</td></tr>\n",
      escaped(name), is_required(schema, name) ? "" : " <i>optional</i>", type_words(type),
      about == nullptr ? "" : "<p>" + prose(json::view(about->as_string())) + "</p>");
}

}  // namespace

std::string schema_link(std::string_view name) {
  return fmt::format(R"(<a href="#schema-{0}">{0}</a>)", escaped(name));
}

std::string type_words(const json::Value& schema) {
  if (const auto name = reference_in(schema); !name.empty()) return schema_link(name);
  if (const auto* any = find(schema, "anyOf")) {
    const bool is_nullable = find(any->as_array().back(), "type") != nullptr;
    return type_words(any->as_array().front()) + (is_nullable ? " or null" : "");
  }
  if (const auto* values = find(schema, "enum")) {
    return "one of " + choices(values->as_array()) + (base_type(schema).ends_with("null") ? " or null" : "");
  }
  if (const auto* items = find(schema, "items"))
    return "array of " + type_words(*items) + bounds(schema, "minItems", "maxItems", " items");
  auto words = base_type(schema);
  if (const auto* format = find(schema, "format"))
    words += fmt::format(" ({})", json::view(format->as_string()));
  words += bounds(schema, "minLength", "maxLength", " characters") + bounds(schema, "minimum", "maximum", "");
  if (const auto* initial = find(schema, "default"))
    words += fmt::format(", default <code>{}</code>", escaped(json::write(*initial)));
  return words;
}

std::string members_table(const json::Value& schema) {
  const auto* properties = find(schema, "properties");
  if (properties == nullptr) return {};
  std::string rows;
  for (const auto& member : properties->as_object()) rows += row(schema, member.key(), member.value());
  return fmt::format("<table class=\"members\"><tbody>\n{}</tbody></table>\n", rows);
}

std::string schemas_chapter(const json::Object& schemas) {
  std::string out = "<section class=\"chapter\" id=\"schemas\">\n<h2>Schemas</h2>\n";
  for (const auto& member : schemas) {
    const auto& schema = member.value();
    const auto* about = find(schema, "description");
    const auto table = members_table(schema);
    out += fmt::format(
        "<section class=\"schema\" id=\"schema-{0}\" data-words=\"{0}\">\n<h3>{0}</h3>\n{1}{2}"
        "<details><summary>Example</summary><pre "
        "tabindex=\"0\"><code>{3}</code></pre></details>\n</section>\n",
        escaped(std::string_view(member.key())),
        about == nullptr ? "" : "<p>" + prose(json::view(about->as_string())) + "</p>\n",
        table.empty() ? "<p class=\"type\">" + type_words(schema) + "</p>\n" : table,
        escaped(pretty(example_of(schema, schemas))));
  }
  return out + "</section>\n";
}

}  // namespace xzepr::api::docs
