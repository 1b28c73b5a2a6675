// The characters of RFC 9110 and RFC 3986 as tables, and comparison without regard to ASCII case. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xzepr::grammar {

enum : std::uint8_t {
  token = 1,        ///< tchar: methods and field names
  field_value = 2,  ///< field-vchar, SP, HTAB and obs-text: no control, no DEL
  path = 4,         ///< pchar without '%'
  query = 8,        ///< pchar, '/', '?' and what browsers leave unencoded there, without '%'
  host = 16,        ///< what a reg-name is made of in practice: no escapes, no sub-delims
  hexadecimal = 32,
  lower_case = 64,
};

using Table = std::array<std::uint8_t, 256>;

consteval Table make_table() {
  Table table{};
  const auto add = [&table](std::string_view characters, unsigned classes) {
    for (const char c : characters) {
      auto& entry = table[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | classes);
    }
  };
  const auto add_range = [&table](unsigned first, unsigned last, unsigned classes) {
    for (unsigned c = first; c <= last; ++c) table[c] = static_cast<std::uint8_t>(table[c] | classes);
  };
  add_range('0', '9', token | path | query | host | hexadecimal);
  add_range('A', 'Z', token | path | query | host);
  add_range('a', 'z', token | path | query | host | lower_case);
  add("ABCDEFabcdef", hexadecimal);
  add("-._~", token | path | query | host);
  add("!$&'*+", token | path | query);
  add("#%^`|", token);
  add("(),;=", path | query);
  add(":@", path | query);
  add("/?[]{}|\\^`", query);
  add_range(0x20, 0x7E, field_value);
  add_range(0x80, 0xFF, field_value);
  add("\t", field_value);
  return table;
}

inline constexpr Table table = make_table();

[[nodiscard]] constexpr bool is(char c, std::uint8_t classes) {
  return (table[static_cast<unsigned char>(c)] & classes) != 0;
}

/// The number of leading characters of that class.
[[nodiscard]] constexpr std::size_t span(std::string_view text, std::uint8_t classes) {
  std::size_t i = 0;
  while (i < text.size() && is(text[i], classes)) ++i;
  return i;
}

[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// Without the optional white space (OWS, RFC 9110 5.6.3) on both sides.
[[nodiscard]] constexpr std::string_view without_ows(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

/// -1 when not a hexadecimal digit.
[[nodiscard]] constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace xzepr::grammar
