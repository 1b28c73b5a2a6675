// What a text field may hold: UTF-8, trimmed, NFC, without control characters, its length in code points.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace xzepr {

enum class ControlCharacters : std::uint8_t { refused, newline_and_tab_allowed };
enum class Ends : std::uint8_t { trimmed, kept };  ///< white space at both ends

struct TextRule {
  std::size_t length_min = 1;  ///< code points, after trimming
  std::size_t length_max = 255;
  ControlCharacters controls = ControlCharacters::refused;
  Ends ends = Ends::trimmed;
};

/// The trimmed, NFC form, or why not: keyword "utf8", "controlCharacters", "minLength" or "maxLength" with a
/// message. U+0000 is refused always. White space at both ends is what Unicode calls it.
[[nodiscard]] std::expected<std::string, Violation> clean_text(std::string_view text, const TextRule& rule);

[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// What a search compares: runs of letters, marks and digits, case-folded (Unicode's full folding, NFC).
/// Bytes that are not UTF-8 separate words.
[[nodiscard]] std::vector<std::string> search_words(std::string_view text);

}  // namespace xzepr
