#include "yaml/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "yaml/characters.hpp"

namespace xzepr::yaml {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

bool is_null(std::string_view text) {
  return is_one_of(text, std::array<std::string_view, 5>{"", "~", "null", "Null", "NULL"});
}

std::optional<bool> bool_of(std::string_view text) {
  if (is_one_of(text, std::array<std::string_view, 3>{"true", "True", "TRUE"})) return true;
  if (is_one_of(text, std::array<std::string_view, 3>{"false", "False", "FALSE"})) return false;
  return std::nullopt;
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

bool is_infinite(std::string_view text) {
  return is_one_of(without_sign(text), std::array<std::string_view, 3>{".inf", ".Inf", ".INF"}) ||
         is_one_of(text, std::array<std::string_view, 3>{".nan", ".NaN", ".NAN"});
}

struct Integer {
  int base;
  std::string_view digits;  // with a minus
};

std::optional<Integer> integer_of(std::string_view text) {
  if (text.starts_with("0o") || text.starts_with("0x")) {
    const int base = text[1] == 'o' ? 8 : 16;
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    const auto allowed = base == 8 ? digits.substr(0, 8) : digits;
    text.remove_prefix(2);
    const bool is_number = !text.empty() && text.find_first_not_of(allowed) == text.npos;
    return is_number ? std::optional(Integer{.base = base, .digits = text}) : std::nullopt;
  }
  const auto digits = without_sign(text);
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  return Integer{.base = 10, .digits = text};
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) {
  text = without_sign(text);
  const auto skip_digits = [&text] {
    const auto count = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    text.remove_prefix(count);
    return count;
  };
  const auto whole = skip_digits();
  const bool has_point = text.starts_with('.');
  if (has_point) text.remove_prefix(1);
  const auto fraction = has_point ? skip_digits() : 0;
  if (whole == 0 && fraction == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text = without_sign(text.substr(1));
  return skip_digits() > 0 && text.empty();
}

std::expected<json::Value, Fault> number(const Node& node, const Integer& integer) {
  std::int64_t value = 0;
  const auto* last = integer.digits.data() + integer.digits.size();
  const auto [end, error] = std::from_chars(integer.digits.data(), last, value, integer.base);
  if (error == std::errc() && end == last) return json::Value(value);
  return std::unexpected(
      Fault{node.line, fmt::format("the number {} does not fit 64 bits; put it in quotes", node.text)});
}

std::expected<json::Value, Fault> real(const Node& node) {
  std::string_view text = node.text;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value))
    return json::Value(value);
  return std::unexpected(
      Fault{node.line, fmt::format("the number {} is out of range; put it in quotes", node.text)});
}

std::expected<json::Value, Fault> plain(const Node& node) {
  const std::string_view text = node.text;
  if (is_null(text)) return json::Value(nullptr);
  if (const auto flag = bool_of(text)) return json::Value(*flag);
  if (is_infinite(text))
    return std::unexpected(Fault{node.line, fmt::format("{} is no JSON; put it in quotes", text)});
  if (const auto integer = integer_of(text)) return number(node, *integer);
  if (is_float(text)) return real(node);
  return json::Value(json::String(text.data(), text.size()));
}

std::expected<json::Value, Fault> list(const Node& node) {
  json::Array array;
  array.reserve(node.items.size());
  for (const Node& item : node.items) {
    auto value = to_json(item);
    if (!value) return value;
    array.push_back(*std::move(value));
  }
  return json::Value(std::move(array));
}

std::expected<json::Value, Fault> map(const Node& node) {
  json::Object object;
  object.reserve(node.members.size());
  for (const auto& [key, member] : node.members) {
    auto value = to_json(member);
    if (!value) return value;
    object.emplace(key, *std::move(value));
  }
  return json::Value(std::move(object));
}

}  // namespace

std::expected<json::Value, Fault> to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return json::Value(nullptr);
    case Node::Kind::plain: return plain(node);
    case Node::Kind::quoted: return json::Value(json::String(node.text.data(), node.text.size()));
    case Node::Kind::list: return list(node);
    case Node::Kind::map: return map(node);
  }
  std::unreachable();
}

std::optional<std::string> as_text(const Node& node) {
  if (node.kind == Node::Kind::quoted) return node.text;
  const bool is_text = node.kind == Node::Kind::plain && !is_null(node.text) && !bool_of(node.text);
  return is_text ? std::optional(node.text) : std::nullopt;
}

}  // namespace xzepr::yaml
