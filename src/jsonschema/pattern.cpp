#include "jsonschema/pattern.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <re2/re2.h>

namespace xzepr::jsonschema {
namespace {

constexpr std::size_t pattern_bytes_max = 4'096;

// For the program and its automaton together; also what a hostile pattern can hold on to for as long as its
// schema lives.
constexpr std::int64_t pattern_memory_max = 1'048'576;

// When its automaton grows too large, RE2 follows all states at once: some nanoseconds a state and byte.
constexpr std::size_t states_per_step = 3;

// The escapes that mean the same in ECMA-262 and RE2. \b within brackets does not, and RE2 refuses it there.
constexpr std::string_view shared_escapes = "dDwWsSbBfnrtv0pPx^$\\.*+?()[]{}|/-";

std::optional<std::uint32_t> read_unit(std::string_view digits) {
  std::uint32_t unit = 0;
  if (digits.size() < 4) return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + 4, unit, 16);
  if (error != std::errc() || end != digits.data() + 4) return std::nullopt;
  return unit;
}

// \uXXXX, or the two of a surrogate pair, at the front of `rest`; steps over it.
bool translate_unit(std::string_view& rest, std::string& out) {
  const auto unit = read_unit(rest.substr(2));
  if (!unit) return false;
  rest.remove_prefix(6);
  std::uint32_t code_point = *unit;
  if (code_point >= 0xD800 && code_point <= 0xDFFF) {
    const auto low = rest.starts_with("\\u") ? read_unit(rest.substr(2)) : std::nullopt;
    if (code_point > 0xDBFF || !low || *low < 0xDC00 || *low > 0xDFFF) return false;
    rest.remove_prefix(6);
    code_point = 0x10000U + ((code_point - 0xD800U) << 10U) + (*low - 0xDC00U);
  }
  out += fmt::format("\\x{{{:x}}}", code_point);
  return true;
}

std::expected<std::string, std::string> translate(std::string_view rest) {
  std::string out;
  while (!rest.empty()) {
    if (rest.front() != '\\') {
      // A named group; RE2 of this age knows Python's spelling only. Look-behind begins the same way.
      const bool is_name = rest.starts_with("(?<") && !rest.starts_with("(?<=") && !rest.starts_with("(?<!");
      out += is_name ? std::string_view("(?P<") : rest.substr(0, 1);
      rest.remove_prefix(is_name ? 3 : 1);
      continue;
    }
    const char escaped = rest.size() > 1 ? rest[1] : '\0';
    if (escaped == 'u') {
      if (!translate_unit(rest, out))
        return std::unexpected("\\u must be followed by four hexadecimal digits");
      continue;
    }
    if (escaped >= '1' && escaped <= '9')
      return std::unexpected("a back reference cannot be matched in linear time");
    if (escaped == '\0' || shared_escapes.find(escaped) == std::string_view::npos) {
      return std::unexpected(fmt::format("the escape \\{} is not known", escaped == '\0' ? ' ' : escaped));
    }
    out += rest.substr(0, 2);
    rest.remove_prefix(2);
  }
  return out;
}

std::string explain(const re2::RE2& program) {
  if (program.error_code() == re2::RE2::ErrorBadPerlOp) {
    return fmt::format("look-around and the like cannot be matched in linear time: {}", program.error_arg());
  }
  return program.error();
}

}  // namespace

std::expected<Pattern, std::string> Pattern::compile(std::string_view text) {
  if (text.size() > pattern_bytes_max) {
    return std::unexpected(fmt::format("a pattern has at most {} bytes", pattern_bytes_max));
  }
  const auto translated = translate(text);
  if (!translated) return std::unexpected(translated.error());
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(pattern_memory_max);
  auto program = std::make_unique<const re2::RE2>(*translated, options);
  if (!program->ok()) return std::unexpected(explain(*program));
  return Pattern(std::string(text), std::move(program));
}

Pattern::Pattern(std::string text, std::unique_ptr<const re2::RE2> program)
    : text_(std::move(text)),
      program_(std::move(program)),
      steps_per_byte_(1 + static_cast<std::size_t>(program_->ProgramSize()) / states_per_step) {}

Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

bool Pattern::matches(std::string_view text) const {
  return program_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), re2::RE2::UNANCHORED,
                         nullptr, 0);
}

std::size_t Pattern::cost(std::string_view text) const { return 1 + text.size() * steps_per_byte_; }

}  // namespace xzepr::jsonschema
