// A regular expression of a schema (ECMA-262, matched anywhere in the text) run by RE2 in linear time.
// Immutable: any thread may match.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace xzepr::jsonschema {

class Pattern {
 public:
  /// Or why not, for the author: look-around and back references cannot be matched in linear time, and
  /// escapes that ECMA-262 does not know are refused because RE2 gives some of them another meaning.
  [[nodiscard]] static std::expected<Pattern, std::string> compile(std::string_view text);

  [[nodiscard]] bool matches(std::string_view text) const;
  /// What matching `text` may cost at worst, in the steps of the validator's budget.
  [[nodiscard]] std::size_t cost(std::string_view text) const;
  /// The size of its program.
  [[nodiscard]] std::size_t instructions() const;
  /// As the schema spells it.
  [[nodiscard]] const std::string& text() const { return text_; }

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

 private:
  Pattern(std::string text, std::unique_ptr<const re2::RE2> program, std::size_t steps_per_byte);

  std::string text_;
  std::unique_ptr<const re2::RE2> program_;
  std::size_t steps_per_byte_;  ///< 0: less than one
};

}  // namespace xzepr::jsonschema
