#include "jsonschema/pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include "jsonschema/regex.hpp"

namespace xzepr::jsonschema {
namespace {

constexpr std::size_t pattern_bytes_max = 4'096;

// For the program and its automaton together; also what a hostile pattern can hold on to for as long as its
// schema lives.
constexpr std::int64_t pattern_memory_max = 1'048'576;

// What RE2's automaton costs, measured. A small or steady one is built once, and then a byte costs some
// nanoseconds. Others may need a new state for each byte, made of as many parts as the program has, some 12
// ns a part.
constexpr std::size_t small_program = 16;
constexpr std::size_t bytes_per_step = 2;

}  // namespace

std::expected<Pattern, std::string> Pattern::compile(std::string_view text) {
  if (text.size() > pattern_bytes_max) {
    return std::unexpected(fmt::format("a pattern has at most {} bytes", pattern_bytes_max));
  }
  auto regex = read_regex(text);
  if (!regex) return std::unexpected(std::move(regex).error());
  if (!regex->refusal.empty()) return std::unexpected(std::move(regex->refusal));
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(pattern_memory_max);
  auto program = std::make_unique<const re2::RE2>(regex->re2, options);
  if (!program->ok()) return std::unexpected(program->error());
  const auto size = static_cast<std::size_t>(program->ProgramSize());
  const std::size_t steps_per_byte = regex->is_steady || size <= small_program ? 0 : 1 + size;
  return Pattern(std::string(text), std::move(program), steps_per_byte);
}

Pattern::Pattern(std::string text, std::unique_ptr<const re2::RE2> program, std::size_t steps_per_byte)
    : text_(std::move(text)), program_(std::move(program)), steps_per_byte_(steps_per_byte) {}

Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

bool Pattern::matches(std::string_view text) const {
  return program_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), re2::RE2::UNANCHORED,
                         nullptr, 0);
}

std::size_t Pattern::instructions() const { return static_cast<std::size_t>(program_->ProgramSize()); }

std::size_t Pattern::cost(std::string_view text) const {
  constexpr std::size_t to_begin = 10;
  return to_begin + text.size() / bytes_per_step + text.size() * steps_per_byte_;
}

}  // namespace xzepr::jsonschema
