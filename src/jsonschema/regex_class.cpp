#include "jsonschema/regex_class.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "json/utf8.hpp"

namespace xzepr::jsonschema {
namespace {

using Read = std::expected<ClassAtom, std::string>;

// WhiteSpace and LineTerminator of ECMA-262, and all the others. RE2's \s is ASCII only.
constexpr std::string_view space_ranges =
    R"(\x{9}-\x{d}\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view other_ranges =
    R"(\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e})"
    R"(\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff})";

struct Category {
  std::string_view name;
  std::string_view brief;
};

// General categories of Unicode by their long names, which RE2 does not know.
constexpr auto categories = std::to_array<Category>({
    {"Cased_Letter", "L"},
    {"Close_Punctuation", "Pe"},
    {"Combining_Mark", "M"},
    {"Connector_Punctuation", "Pc"},
    {"Control", "Cc"},
    {"Currency_Symbol", "Sc"},
    {"Dash_Punctuation", "Pd"},
    {"Decimal_Number", "Nd"},
    {"Enclosing_Mark", "Me"},
    {"Final_Punctuation", "Pf"},
    {"Format", "Cf"},
    {"Initial_Punctuation", "Pi"},
    {"Letter", "L"},
    {"Letter_Number", "Nl"},
    {"Line_Separator", "Zl"},
    {"Lowercase_Letter", "Ll"},
    {"Mark", "M"},
    {"Math_Symbol", "Sm"},
    {"Modifier_Letter", "Lm"},
    {"Modifier_Symbol", "Sk"},
    {"Nonspacing_Mark", "Mn"},
    {"Number", "N"},
    {"Open_Punctuation", "Ps"},
    {"Other", "C"},
    {"Other_Letter", "Lo"},
    {"Other_Number", "No"},
    {"Other_Punctuation", "Po"},
    {"Other_Symbol", "So"},
    {"Paragraph_Separator", "Zp"},
    {"Private_Use", "Co"},
    {"Punctuation", "P"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Spacing_Mark", "Mc"},
    {"Surrogate", "Cs"},
    {"Symbol", "S"},
    {"Titlecase_Letter", "Lt"},
    {"Uppercase_Letter", "Lu"},
    {"cntrl", "Cc"},
    {"digit", "Nd"},
    {"punct", "P"},
});
static_assert(std::ranges::is_sorted(categories, {}, &Category::name));

std::string one(std::uint32_t code_point) { return fmt::format("\\x{{{:x}}}", code_point); }

ClassAtom character(std::size_t size, std::uint32_t code_point) {
  return {.size = size, .re2 = one(code_point), .code_point = code_point};
}

ClassAtom ranges(std::size_t size, std::string_view text, Inside where) {
  return {.size = size, .re2 = where == Inside::brackets ? std::string(text) : fmt::format("[{}]", text)};
}

/// All of `digits` as a hexadecimal number.
std::optional<std::uint32_t> hex(std::string_view digits, std::size_t size) {
  std::uint32_t number = 0;
  if (digits.size() < size || size == 0) return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + size, number, 16);
  if (error != std::errc() || end != digits.data() + size) return std::nullopt;
  return number;
}

bool is_surrogate(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDFFF; }

// \uXXXX, the two of a surrogate pair, or \u{X}.
Read read_unicode(std::string_view text) {
  if (text.starts_with("\\u{")) {
    const auto end = text.find('}');
    const auto code_point = end == std::string_view::npos ? std::nullopt : hex(text.substr(3), end - 3);
    if (!code_point || *code_point > 0x10FFFF || is_surrogate(*code_point))
      return std::unexpected("\\u{ must hold the number of a code point");
    return character(end + 1, *code_point);
  }
  const auto unit = hex(text.substr(2), 4);
  if (!unit) return std::unexpected("\\u must be followed by four hexadecimal digits");
  if (!is_surrogate(*unit)) return character(6, *unit);
  const auto low = text.substr(6).starts_with("\\u") ? hex(text.substr(8), 4) : std::nullopt;
  if (*unit > 0xDBFF || !low || *low < 0xDC00 || *low > 0xDFFF)
    return std::unexpected("\\u names half of a surrogate pair");
  return character(12, 0x10000U + ((*unit - 0xD800U) << 10U) + (*low - 0xDC00U));
}

bool is_property_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '=';
}

// \p{...} or \P{...}. What RE2 does not know either is said when it is compiled.
Read read_property(std::string_view text, Inside where) {
  const bool is_negated = text[1] == 'P';
  if (text.size() > 2 && std::string_view("CLMNPSZ").find(text[2]) != std::string_view::npos)
    return ClassAtom{.size = 3, .re2 = std::string(text.substr(0, 3))};
  const bool has_braces = text.substr(2).starts_with('{');
  const auto end = text.find('}');
  std::string_view name = has_braces ? text.substr(3, end == std::string_view::npos ? end : end - 3) : "";
  if (end == std::string_view::npos || name.empty() || !std::ranges::all_of(name, is_property_char)) {
    return std::unexpected(fmt::format("\\{} must be followed by the name of a property in braces", text[1]));
  }
  for (const std::string_view prefix :
       {"General_Category=", "gc=", "Script_Extensions=", "Script=", "scx=", "sc="}) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  }
  if (name == "ASCII") return ranges(end + 1, is_negated ? R"(\x{80}-\x{10ffff})" : R"(\x{0}-\x{7f})", where);
  const auto* known = std::ranges::lower_bound(categories, name, {}, &Category::name);
  if (known != categories.end() && known->name == name) name = known->brief;
  return ClassAtom{.size = end + 1, .re2 = fmt::format("\\{}{{{}}}", text[1], name)};
}

Read unknown(std::string_view text) {
  const auto size = text.size() < 2 ? 0 : std::max<std::size_t>(json::code_point_size(text.substr(1)), 1);
  return std::unexpected(fmt::format("the escape \\{} is not known", text.substr(1, size)));
}

Read read_letter(std::string_view text, Inside where) {
  switch (text[1]) {
    case 'd':
    case 'D':
    case 'w':
    case 'W': return ClassAtom{.size = 2, .re2 = std::string(text.substr(0, 2))};
    case 's': return ranges(2, space_ranges, where);
    case 'S': return ranges(2, other_ranges, where);
    case 'f': return character(2, '\f');
    case 'n': return character(2, '\n');
    case 'r': return character(2, '\r');
    case 't': return character(2, '\t');
    case 'v': return character(2, '\v');
    case 'b': return where == Inside::brackets ? Read(character(2, '\b')) : unknown(text);
    case 'p':
    case 'P': return read_property(text, where);
    case 'u': return read_unicode(text);
    default: return unknown(text);
  }
}

/// The character or escape at the front of a class's rest.
Read read_member(std::string_view text) {
  if (text.front() == '\\') return read_escape(text, Inside::brackets);
  const auto size = std::max<std::size_t>(json::code_point_size(text), 1);
  std::uint32_t code_point = static_cast<std::uint8_t>(text[0]);
  if (size > 1) {
    code_point &= 0x7FU >> size;
    for (std::size_t i = 1; i < size; ++i)
      code_point = (code_point << 6U) | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
  }
  return character(size, code_point);
}

/// A member, or a range of two.
Read read_range(std::string_view text) {
  auto low = read_member(text);
  if (!low) return low;
  const auto after = text.substr(low->size);
  if (!after.starts_with('-') || after.size() < 2 || after[1] == ']') return low;
  auto high = read_member(after.substr(1));
  if (!high) return high;
  ClassAtom out{.size = low->size + 1 + high->size};
  if (!low->code_point || !high->code_point) {
    out.re2 = low->re2 + "\\-" + high->re2;
  } else if (*low->code_point > *high->code_point) {
    return std::unexpected("a range of characters is out of order");
  } else {
    out.re2 = low->re2 + "-" + high->re2;
  }
  return out;
}

}  // namespace

Read read_escape(std::string_view text, Inside where) {
  if (text.size() < 2) return std::unexpected("nothing follows the last \\");
  const char escaped = text[1];
  if (escaped == '0') {
    if (text.size() > 2 && text[2] >= '0' && text[2] <= '9')
      return std::unexpected("octal escapes are not known");
    return character(2, 0);
  }
  if (escaped == 'x') {
    const auto code = hex(text.substr(2), 2);
    if (!code) return std::unexpected("\\x must be followed by two hexadecimal digits");
    return character(4, *code);
  }
  if (escaped == 'c') {
    const char letter = text.size() > 2 ? static_cast<char>(text[2] | 0x20) : '\0';
    if (letter < 'a' || letter > 'z') return std::unexpected("\\c must be followed by a letter");
    return character(3, static_cast<std::uint32_t>(letter - 'a' + 1));
  }
  const bool is_alnum = (escaped >= 'a' && escaped <= 'z') || (escaped >= 'A' && escaped <= 'Z') ||
                        (escaped >= '0' && escaped <= '9');
  if (is_alnum) return read_letter(text, where);
  if (escaped < ' ' || escaped > '~') return unknown(text);
  return character(2, static_cast<std::uint8_t>(escaped));
}

Read read_class(std::string_view text) {
  ClassAtom out{.size = 1};
  const bool is_negated = text.substr(1).starts_with('^');
  if (is_negated) ++out.size;
  std::string members;
  while (out.size < text.size() && text[out.size] != ']') {
    const auto member = read_range(text.substr(out.size));
    if (!member) return member;
    members += member->re2;
    out.size += member->size;
  }
  if (out.size >= text.size()) return std::unexpected("a class of characters is not closed: missing ]");
  ++out.size;
  // Nothing in brackets matches nothing; RE2 would take the ] for a member.
  if (members.empty()) {
    out.re2 = is_negated ? R"([\x{0}-\x{10ffff}])" : R"([^\x{0}-\x{10ffff}])";
  } else {
    out.re2 = fmt::format("[{}{}]", is_negated ? "^" : "", members);
  }
  return out;
}

}  // namespace xzepr::jsonschema
