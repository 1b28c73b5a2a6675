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

// When its automaton grows too large, RE2 follows all states at once: some nanoseconds a state and byte.
constexpr std::size_t states_per_step = 3;

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

std::size_t Pattern::instructions() const { return static_cast<std::size_t>(program_->ProgramSize()); }

std::size_t Pattern::cost(std::string_view text) const { return 1 + text.size() * steps_per_byte_; }

}  // namespace xzepr::jsonschema
