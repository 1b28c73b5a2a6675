// Pages by keyset: the cursor is opaque, signed, and bound to the query it came from.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace xzepr::service {

struct PageRequest {
  std::size_t limit = 50;              ///< 1 to 1,000
  std::optional<std::string> after;    ///< a cursor from the page before
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;  ///< set when there is more
  std::size_t limit = 50;
};

/// Any thread.
class CursorCodec {
 public:
  explicit CursorCodec(std::string secret) : secret_(std::move(secret)) {}
  /// `query` is the canonical text of list name, user, filters and order; `position` the last row's key.
  [[nodiscard]] std::string encode(std::string_view query, std::string_view position) const;
  /// Errc::invalid, code "cursor_invalid", for what this server did not make for this very query.
  [[nodiscard]] Result<std::string> decode(std::string_view query, std::string_view cursor) const;

 private:
  std::string secret_;
};

}  // namespace xzepr::service
