// Cuts the body of a batch into its items while it arrives: elements of one JSON array, or lines. Pure. It
// looks at strings and brackets only; whether an item is right is for its own parser to say, so that a broken
// one fails alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace xzepr::api::rest {

enum class BatchFormat : std::uint8_t { array, lines };

class BatchItems {
 public:
  explicit BatchItems(BatchFormat format) : format_(format) {}

  /// The next bytes of the body.
  void feed(std::string_view bytes);
  /// There are no more.
  void finish() { is_finished_ = true; }

  /// The text of the next item, trimmed, valid until feed(). nullopt: feed() or finish(), or is_complete().
  /// Of an item over limits::body_bytes_max only the beginning is kept, one byte longer than allowed. Errors
  /// are final: "json_invalid" when the body is no array, "batch_invalid" when it is empty, "batch_too_large"
  /// at the item after limits::batch_items_max.
  [[nodiscard]] Result<std::optional<std::string_view>> next();
  /// All items were taken, and the body was whole.
  [[nodiscard]] bool is_complete() const { return is_complete_; }

 private:
  enum class Expect : std::uint8_t { open, item, nothing };  // of an array
  using Cut = Result<std::optional<std::string_view>>;

  [[nodiscard]] Cut cut();
  [[nodiscard]] Cut cut_line();
  [[nodiscard]] Cut cut_element();
  [[nodiscard]] bool ends_element(char c);
  [[nodiscard]] Cut end_of_body();

  const BatchFormat format_;
  std::string buffer_;
  std::size_t start_ = 0;  // of the present item
  std::size_t at_ = 0;     // what lies before was looked at
  std::size_t count_ = 0;
  bool is_finished_ = false;
  bool is_complete_ = false;

  // Where in an array.
  Expect expect_ = Expect::open;
  std::size_t depth_ = 0;
  bool is_in_string_ = false;
  bool is_escaped_ = false;
};

}  // namespace xzepr::api::rest
