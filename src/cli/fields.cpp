#include "cli/fields.hpp"

#include <optional>

#include <fmt/format.h>

#include "json/parse.hpp"

namespace xzepr::cli {

namespace {

std::unexpected<Error> argument_invalid(std::string_view argument, std::string why) {
  return std::unexpected(Error{.kind = Errc::invalid,
                               .code = "argument_invalid",
                               .detail = fmt::format("\"{}\" {}", argument, why),
                               .hint = "write key=text, key:=JSON, key=@FILE or key:=@FILE"});
}

struct Field {
  std::string_view key;
  std::string_view text;
  bool is_json = false;
};

std::optional<Field> split(std::string_view argument) {
  const auto equals = argument.find('=');
  if (equals == argument.npos) return std::nullopt;
  const bool is_json = equals > 0 && argument[equals - 1] == ':';
  const std::string_view key = argument.substr(0, is_json ? equals - 1 : equals);
  if (key.empty()) return std::nullopt;
  return Field{.key = key, .text = argument.substr(equals + 1), .is_json = is_json};
}

Result<json::Value> value_of(std::string_view argument, const Field& field, const ReadFile& read_file) {
  std::string text(field.text);
  if (text.starts_with('@')) {
    auto file = read_file(text.substr(1));
    if (!file) return std::unexpected(std::move(file).error());
    text = *std::move(file);
  }
  if (!field.is_json) return json::Value(text);
  auto parsed = json::parse(text);
  if (!parsed) return argument_invalid(argument, fmt::format("is not JSON: {}", parsed.error().detail));
  return *std::move(parsed);
}

}  // namespace

Result<json::Value> read_json(const std::string& path, const ReadFile& read_file) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  auto parsed = json::parse(*text);
  if (parsed) return *std::move(parsed);
  Error error = std::move(parsed).error();
  error.detail = fmt::format("{}: {}", path, error.detail);
  return std::unexpected(std::move(error));
}

Result<void> add_fields(json::Object& object, const std::vector<std::string>& arguments,
                        const ReadFile& read_file) {
  for (const std::string& argument : arguments) {
    const auto field = split(argument);
    if (!field) return argument_invalid(argument, "is no key=value");
    if (object.contains(field->key)) return argument_invalid(argument, "gives a key that was given before");
    auto value = value_of(argument, *field, read_file);
    if (!value) return std::unexpected(std::move(value).error());
    object[field->key] = *std::move(value);
  }
  return {};
}

}  // namespace xzepr::cli
