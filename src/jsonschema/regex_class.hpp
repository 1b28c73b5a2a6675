// Escapes and character classes of ECMA-262, as RE2 spells them. Private to this module.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace xzepr::jsonschema {

enum class Inside : std::uint8_t { expression, brackets };

struct ClassAtom {
  std::size_t size = 0;  ///< bytes read
  std::string re2;
  std::optional<std::uint32_t> code_point = std::nullopt;  ///< when it is one character
  std::string refusal = {};                                ///< why RE2 cannot match it
};

/// The escape at the front of `text`, or what is wrong with it.
[[nodiscard]] std::expected<ClassAtom, std::string> read_escape(std::string_view text, Inside where);

/// The class in brackets at the front of `text`.
[[nodiscard]] std::expected<ClassAtom, std::string> read_class(std::string_view text);

}  // namespace xzepr::jsonschema
