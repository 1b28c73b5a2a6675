// ECMA-262 regular expressions: their syntax, and the same expression as RE2 spells it. One pass, no
// matching.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace xzepr::jsonschema {

struct Regex {
  std::string re2;
  std::string refusal;  ///< why RE2 cannot match it; empty when it can
  /// Begins with ^ and has neither alternatives nor a repetition of variable length: at each character there
  /// is one way on.
  bool is_steady = false;
};

/// Or what is wrong with its syntax. Read as with the flag u, except that { } ] and escaped punctuation may
/// stand for themselves, as most authors expect. Names of Unicode properties are general categories, scripts,
/// ASCII and Any.
[[nodiscard]] std::expected<Regex, std::string> read_regex(std::string_view text);

}  // namespace xzepr::jsonschema
