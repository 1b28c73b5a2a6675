// The lines of an import and the idempotency key of each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/limits.hpp"
#include "base/ulid.hpp"
#include "client/failure.hpp"

namespace xzepr::cli {

struct ImportLine {
  std::size_t number = 0;  ///< from 1
  std::string text = {};   ///< trimmed of white space; empty when too long
  bool is_too_long = false;
};

/// Cuts a stream into lines without ever holding more than one: of a longer one the rest is skipped. Blank
/// lines are skipped, the last line needs no newline.
class LineReader {
 public:
  /// Fills the buffer and returns how many bytes came, 0 at the end.
  using ReadBlock = std::function<std::size_t(char* buffer, std::size_t size)>;

  explicit LineReader(ReadBlock read, std::size_t line_bytes_max = limits::body_bytes_max)
      : read_(std::move(read)), line_bytes_max_(line_bytes_max) {}

  [[nodiscard]] std::optional<ImportLine> next();
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  /// What is left of the block; empty at the end.
  [[nodiscard]] std::string_view rest();
  [[nodiscard]] std::optional<ImportLine> next_raw();

  ReadBlock read_;
  std::size_t line_bytes_max_;
  std::array<char, 65'536> block_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::size_t number_ = 0;
};

struct KeyedLine {
  std::size_t number = 0;
  /// The line with its key as a further member, otherwise byte by byte as it was; a line that has a key keeps
  /// it. A Failure when it is too long or no JSON object.
  std::expected<std::string, client::Failure> text = {};
  std::size_t artifact = 0;  ///< equal for equal artifacts
};

/// Makes each line's key from its content and its ordinal among equal lines: the same file gives the same
/// keys, and lines that repeat stay apart.
class ImportKeys {
 public:
  [[nodiscard]] KeyedLine keyed(const ImportLine& line);
  /// "import-" + the first 32 hex digits of SHA-256 + "-" + ordinal from 1.
  [[nodiscard]] std::string next(std::string_view line);

 private:
  struct Hash {
    std::size_t operator()(const std::array<std::uint8_t, 16>& bytes) const noexcept {
      return hash_bytes(bytes);
    }
  };
  std::unordered_map<std::array<std::uint8_t, 16>, std::uint32_t, Hash> seen_;
};

}  // namespace xzepr::cli
