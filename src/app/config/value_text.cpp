// parse_value: text to a value of the key's type.
#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "app/config/source.hpp"
#include "json/parse.hpp"

namespace xzepr::app {

namespace {

std::unexpected<std::string> must_be(const Key& key, std::string_view text) {
  const bool is_hidden = key.secrecy != Secrecy::open;
  return std::unexpected(is_hidden ? fmt::format("must be {}", describe_type(key))
                                   : fmt::format("must be {}, not \"{}\"", describe_type(key), text));
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::expected<Value, std::string> parse_boolean(const Key& key, std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return must_be(key, text);
}

std::expected<Value, std::string> parse_integer(const Key& key, std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return must_be(key, text);
  if (number < key.min || number > key.max) return must_be(key, text);
  return number;
}

std::expected<Value, std::string> parse_text(const Key& key, std::string_view text) {
  if (!key.choices.empty() && std::ranges::find(key.choices, text) == key.choices.end())
    return must_be(key, text);
  return std::string(text);
}

std::expected<Value, std::string> parse_list(std::string_view text) {
  std::vector<std::string> items;
  while (!trimmed(text).empty()) {
    const auto comma = text.find(',');
    const std::string_view item = trimmed(text.substr(0, comma));
    if (item.empty()) return std::unexpected(std::string("has an empty item between two commas"));
    items.emplace_back(item);
    if (comma == text.npos) break;
    text.remove_prefix(comma + 1);
  }
  return items;
}

std::expected<Value, std::string> parse_rates(const Key& key, std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) return must_be(key, text);
  std::map<std::string, std::int64_t> rates;
  for (const auto& member : parsed->get_object()) {
    const auto* number = member.value().if_int64();
    if (number == nullptr || *number < key.min || *number > key.max) return must_be(key, text);
    rates.emplace(member.key(), *number);
  }
  return rates;
}

}  // namespace

std::expected<Value, std::string> parse_value(const Key& key, std::string_view text) {
  switch (key.type) {
    case KeyType::boolean: return parse_boolean(key, text);
    case KeyType::integer: return parse_integer(key, text);
    case KeyType::text: return parse_text(key, text);
    case KeyType::list: return parse_list(text);
    case KeyType::rates: return parse_rates(key, text);
    case KeyType::open: return std::string(text);
  }
  std::unreachable();
}

}  // namespace xzepr::app
