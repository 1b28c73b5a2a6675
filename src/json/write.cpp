#include "json/write.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "json/utf8.hpp"

namespace xzepr::json {
namespace {

// Longest: "-2.2250738585072014e-308", 24 characters.
using NumberText = std::array<char, 32>;

template <class T, class... Format>
std::string_view spell(NumberText& buffer, T number, Format... format) {
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format...).ptr;
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

template <class T>
void append_integer(std::string& out, T number) {
  NumberText buffer;
  out += spell(buffer, number);
}

void append_double(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  NumberText buffer;
  const auto text = spell(buffer, number);
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

// ECMAScript's Number::toString, which RFC 8785 takes over.
void append_canonical_double(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  if (number == 0) {
    out += '0';  // -0 too
    return;
  }
  if (number < 0) out += '-';
  NumberText buffer;
  const auto text = spell(buffer, std::abs(number), std::chars_format::scientific);
  const auto e = text.find('e');
  std::string digits(1, text[0]);
  if (e > 2) digits += text.substr(2, e - 2);
  int exponent = 0;
  const auto from = e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(text.data() + from, text.data() + text.size(), exponent);

  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  if (point > 0 && point <= 21) {
    if (count <= point) {
      out += digits;
      out.append(static_cast<std::size_t>(point - count), '0');
    } else {
      out.append(digits, 0, static_cast<std::size_t>(point));
      out += '.';
      out.append(digits, static_cast<std::size_t>(point));
    }
  } else if (point > -6 && point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else {
    out += digits[0];
    if (count > 1) out.append(".").append(digits, 1);
    out += exponent < 0 ? "e-" : "e+";
    append_integer(out, std::abs(exponent));
  }
}

// UTF-8 bytes sort as code points do; UTF-16 puts those beyond U+FFFF (first byte F0 and up) before U+E000 to
// U+FFFF (first byte EE and EF).
bool is_less_in_utf16(std::string_view a, std::string_view b) {
  const auto [x, y] = std::ranges::mismatch(a, b);
  if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
  const auto first = static_cast<std::uint8_t>(*x);
  const auto second = static_cast<std::uint8_t>(*y);
  if (first >= 0xEE && second >= 0xEE && (first >= 0xF0) != (second >= 0xF0)) return first >= 0xF0;
  return first < second;
}

enum class Form : std::uint8_t { plain, canonical };

void append_value(std::string& out, const Value& value, Form form);

void append_array(std::string& out, const Array& array, Form form) {
  out += '[';
  for (const Value& item : array) {
    append_value(out, item, form);
    out += ',';
  }
  array.empty() ? out.push_back(']') : void(out.back() = ']');
}

void append_member(std::string& out, const boost::json::key_value_pair& member, Form form) {
  append_string(out, member.key());
  out += ':';
  append_value(out, member.value(), form);
  out += ',';
}

void append_object(std::string& out, const Object& object, Form form) {
  out += '{';
  if (form == Form::plain) {
    for (const auto& member : object) append_member(out, member, form);
  } else {
    std::vector<const boost::json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object) members.push_back(&member);
    std::ranges::sort(members,
                      [](const auto* a, const auto* b) { return is_less_in_utf16(a->key(), b->key()); });
    for (const auto* member : members) append_member(out, *member, form);
  }
  object.empty() ? out.push_back('}') : void(out.back() = '}');
}

void append_value(std::string& out, const Value& value, Form form) {
  switch (value.kind()) {
    case Kind::null: out += "null"; return;
    case Kind::bool_: out += value.get_bool() ? "true" : "false"; return;
    case Kind::int64: append_integer(out, value.get_int64()); return;
    case Kind::uint64: append_integer(out, value.get_uint64()); return;
    case Kind::double_:
      form == Form::plain ? append_double(out, value.get_double())
                          : append_canonical_double(out, value.get_double());
      return;
    case Kind::string: append_string(out, view(value.get_string())); return;
    case Kind::array: append_array(out, value.get_array(), form); return;
    case Kind::object: append_object(out, value.get_object(), form); return;
  }
}

constexpr std::array<bool, 256> stands_for_itself = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) table[byte] = byte != '"' && byte != '\\';
  return table;
}();

// Eight bytes at once, as if each stood alone: a borrow may make the answer false for a byte that is plain,
// and never true for one that is not. (Bit Twiddling Hacks, "Determine if a word has a byte less than n".)
bool are_plain(const char* bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t tops = 0x80 * ones;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const auto quotes = word ^ ('"' * ones);
  const auto slashes = word ^ ('\\' * ones);
  const auto controls = (word - 0x20 * ones) & ~word;
  return ((word | controls | ((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes)) & tops) == 0;
}

void append_escaped_control(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  const auto byte = static_cast<std::uint8_t>(c);
  switch (c) {
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += hex[byte >> 4U];
      out += hex[byte & 0xFU];
  }
}

bool is_number(const Value& value) { return value.is_int64() || value.is_uint64() || value.is_double(); }

bool are_equal(const Array& a, const Array& b) {
  return std::ranges::equal(a, b, [](const Value& x, const Value& y) { return equal(x, y); });
}

bool are_equal(const Object& a, const Object& b) {
  if (a.size() != b.size()) return false;
  return std::ranges::all_of(a, [&b](const auto& member) {
    const Value* other = b.if_contains(member.key());
    return other != nullptr && equal(member.value(), *other);
  });
}

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

// Both bounds are exact doubles: 2^63 and 2^64.
int compare_to_double(std::int64_t a, double b) {
  if (b >= 0x1p63) return -1;
  if (b < -0x1p63) return 1;
  const double whole = std::floor(b);
  const int by_whole = order(a, static_cast<std::int64_t>(whole));
  return by_whole != 0 ? by_whole : (whole < b ? -1 : 0);
}

int compare_to_double(std::uint64_t a, double b) {
  if (b >= 0x1p64) return -1;
  if (b < 0) return 1;
  const double whole = std::floor(b);
  const int by_whole = order(a, static_cast<std::uint64_t>(whole));
  return by_whole != 0 ? by_whole : (whole < b ? -1 : 0);
}

int compare_to_double(const Value& a, double b) {
  if (const auto* integer = a.if_int64()) return compare_to_double(*integer, b);
  if (const auto* large = a.if_uint64()) return compare_to_double(*large, b);
  return order(a.get_double(), b);
}

}  // namespace

std::string write(const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

void append(std::string& out, const Value& value) { append_value(out, value, Form::plain); }

std::size_t plain_bytes(std::string_view text) {
  std::size_t count = 0;
  while (count + 8 <= text.size() && are_plain(text.data() + count)) count += 8;
  while (count < text.size() && stands_for_itself[static_cast<std::uint8_t>(text[count])]) ++count;
  return count;
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto plain = plain_bytes(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::size_t size = 1;
    if (text.front() == '"' || text.front() == '\\') {
      out += '\\';
      out += text.front();
    } else if (static_cast<std::uint8_t>(text.front()) < 0x20) {
      append_escaped_control(out, text.front());
    } else if (size = code_point_size(text); size != 0) {
      out += text.substr(0, size);
    } else {
      size = 1;
      out += "\xEF\xBF\xBD";
    }
    text.remove_prefix(size);
  }
  out += '"';
}

std::string canonical(const Value& value) {
  std::string out;
  append_value(out, value, Form::canonical);
  return out;
}

bool equal(const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) return compare_numbers(a, b) == 0;
  if (a.kind() != b.kind()) return false;
  if (a.is_array()) return are_equal(a.get_array(), b.get_array());
  if (a.is_object()) return are_equal(a.get_object(), b.get_object());
  return a == b;
}

int compare_numbers(const Value& a, const Value& b) {
  if (const auto* y = b.if_double()) return compare_to_double(a, *y);
  if (const auto* x = a.if_double()) return -compare_to_double(b, *x);
  if (a.is_uint64() && b.is_uint64()) return order(a.get_uint64(), b.get_uint64());
  if (a.is_int64() && b.is_int64()) return order(a.get_int64(), b.get_int64());
  if (a.is_int64())
    return a.get_int64() < 0 ? -1 : order(static_cast<std::uint64_t>(a.get_int64()), b.get_uint64());
  return b.get_int64() < 0 ? 1 : order(a.get_uint64(), static_cast<std::uint64_t>(b.get_int64()));
}

}  // namespace xzepr::json
