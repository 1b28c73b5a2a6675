#include "base/text.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <utf8proc.h>

namespace xzepr {
namespace {

bool is_space(utf8proc_int32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || utf8proc_category(c) == UTF8PROC_CATEGORY_ZS ||
         c == 0x2028 || c == 0x2029;
}

bool is_plain_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string_view trim_ascii(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::expected<std::string, Violation> fail(std::string_view keyword, std::string message) {
  return std::unexpected(
      Violation{.pointer = {}, .keyword = std::string(keyword), .message = std::move(message)});
}

std::expected<std::string, Violation> check_length(std::string_view text, std::size_t length,
                                                   const TextRule& rule) {
  if (length < rule.length_min) {
    return fail("minLength", length == 0 ? std::string("must not be blank")
                                         : fmt::format("must have at least {} characters", rule.length_min));
  }
  if (length > rule.length_max)
    return fail("maxLength", fmt::format("must have at most {} characters, has {}", rule.length_max, length));
  return std::string(text);
}

std::string map_text(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                 static_cast<utf8proc_option_t>(options));
  if (size < 0) return std::string(text);
  std::string out(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
  std::free(mapped);
  return out;
}

std::string to_nfc(std::string_view text) { return map_text(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE); }

bool is_word_character(utf8proc_int32_t c) {
  if (c < 0) return false;
  const auto category = utf8proc_category(c);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO);
}

// Decodes one code point at the front; a negative value says that the bytes are not UTF-8.
utf8proc_int32_t next_code_point(std::string_view& text) {
  utf8proc_int32_t c = -1;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &c);
  if (size <= 0) return -1;
  text.remove_prefix(static_cast<std::size_t>(size));
  return c;
}

bool is_allowed_control(utf8proc_int32_t c, const TextRule& rule) {
  return rule.controls == ControlCharacters::newline_and_tab_allowed && (c == '\n' || c == '\t');
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    if (next_code_point(text) < 0) return false;
  }
  return true;
}

std::expected<std::string, Violation> clean_text(std::string_view text, const TextRule& rule) {
  const bool is_trimmed = rule.ends == Ends::trimmed;
  if (is_plain_ascii(text)) {
    const auto trimmed = is_trimmed ? trim_ascii(text) : text;
    return check_length(trimmed, trimmed.size(), rule);
  }
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t at = text.size() - rest.size();
    const auto c = next_code_point(rest);
    if (c < 0) return fail("utf8", "must be valid UTF-8");
    if (is_trimmed && is_space(c)) continue;
    if (begin == text.size()) begin = at;
    end = text.size() - rest.size();
  }
  const std::string normal = begin < end ? to_nfc(text.substr(begin, end - begin)) : std::string();
  std::size_t length = 0;
  for (std::string_view rest = normal; !rest.empty(); ++length) {
    const auto c = next_code_point(rest);
    if (utf8proc_category(c) == UTF8PROC_CATEGORY_CC && !is_allowed_control(c, rule)) {
      return fail("controlCharacters", fmt::format("must not hold the control character U+{:04X}", c));
    }
  }
  return check_length(normal, length, rule);
}

std::vector<std::string> search_words(std::string_view text) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  std::size_t at = 0;
  const auto end_word = [&] {
    if (begin < at) {
      words.push_back(
          map_text(text.substr(begin, at - begin), UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
    }
  };
  while (at < text.size()) {
    std::string_view rest = text.substr(at);
    const auto c = next_code_point(rest);
    const std::size_t next = c < 0 ? at + 1 : text.size() - rest.size();
    if (!is_word_character(c)) {
      end_word();
      begin = next;
    }
    at = next;
  }
  end_word();
  return words;
}

}  // namespace xzepr
