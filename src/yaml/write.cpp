#include "yaml/write.hpp"

#include <algorithm>
#include <array>

#include "json/write.hpp"

#include "yaml/characters.hpp"

namespace xzepr::yaml {

namespace {

// Only what no YAML 1.1 or 1.2 reader takes for a number, a boolean, null, a date or syntax stays bare.
bool is_plain(std::string_view text) {
  constexpr std::array<std::string_view, 9> words = {"true", "false", "null", "yes", "no",
                                                     "on",   "off",   "y",    "n"};
  if (text.empty() || !is_letter(text.front())) return false;
  const bool is_word = std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '/';
  });
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return is_word && std::ranges::find(words, lower) == words.end();
}

bool leaves_brackets_open(std::string_view text) {
  std::size_t depth = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return depth > 0;
}

// Reading bounds the brackets that are open, also those inside quotes: none is left open here.
void append_text(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out += text;
    return;
  }
  const auto begin = out.size();
  json::append_string(out, text);
  if (!leaves_brackets_open(text)) return;
  const auto quoted = out.substr(begin);
  out.resize(begin);
  for (const char c : quoted) {
    if (c == '[') {
      out += "\\u005b";
    } else if (c == '{') {
      out += "\\u007b";
    } else {
      out += c;
    }
  }
}

// Readers look no further than 1,024 characters for the colon (YAML 1.2, 7.4.2): a longer key is announced.
constexpr std::size_t plain_key_bytes_max = 1'000;

void append_key(std::string& out, std::string_view key, std::size_t indent) {
  std::string text;
  append_text(text, key);
  if (text.size() <= plain_key_bytes_max) {
    out += text;
    return;
  }
  out += "? " + text + '\n';
  out.append(indent, ' ');
}

bool is_block(const json::Value& value) {
  return (value.is_object() && !value.get_object().empty()) ||
         (value.is_array() && !value.get_array().empty());
}

void append_value(std::string& out, const json::Value& value, std::size_t indent);

// "- a: 1" and the members below it: an object inside a list starts on the dash's line.
void append_object(std::string& out, const json::Object& object, std::size_t indent, bool is_first_indented) {
  bool is_indented = is_first_indented;
  for (const auto& member : object) {
    if (!is_indented) out.append(indent, ' ');
    is_indented = false;
    append_key(out, member.key(), indent);
    out += is_block(member.value()) ? ":\n" : ": ";
    append_value(out, member.value(), indent + 2);
  }
}

void append_array(std::string& out, const json::Array& array, std::size_t indent) {
  for (const auto& item : array) {
    out.append(indent, ' ');
    out += "- ";
    if (item.is_object() && !item.get_object().empty()) {
      append_object(out, item.get_object(), indent + 2, true);
    } else {
      if (is_block(item)) out += '\n';
      append_value(out, item, indent + 2);
    }
  }
}

void append_value(std::string& out, const json::Value& value, std::size_t indent) {
  if (is_block(value)) {
    if (value.is_object()) return append_object(out, value.get_object(), indent, false);
    return append_array(out, value.get_array(), indent);
  }
  if (value.is_string()) {
    append_text(out, json::view(value.get_string()));
  } else {
    json::append(out, value);
  }
  out += '\n';
}

}  // namespace

std::string to_yaml(const json::Value& value) {
  std::string out;
  append_value(out, value, 0);
  return out;
}

}  // namespace xzepr::yaml
