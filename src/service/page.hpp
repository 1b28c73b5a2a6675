// Pages by keyset: the cursor is opaque, signed, and bound to the query it came from. Any thread.
// Bytes of a cursor: base64url(position || first 16 bytes of HMAC-SHA-256(secret, length of query || query ||
// position)).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/ulid.hpp"

namespace xzepr::service {

struct PageRequest {
  std::size_t limit = limits::page_size_default;  ///< 1 to 1,000
  std::optional<std::string> after;               ///< a cursor from the page before
  bool wants_total = false;                       ///< count=exact
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;  ///< set when there is more
  std::size_t limit = limits::page_size_default;
  std::optional<std::uint64_t> total;  ///< of all pages together; when it was asked for
};

class CursorCodec {
 public:
  explicit CursorCodec(std::string secret) : secret_(std::move(secret)) {}
  /// `query` is the canonical text of list name, user, filters and order; `position` the last row's key.
  [[nodiscard]] std::string encode(std::string_view query, std::string_view position) const;
  /// Errc::invalid, code "cursor_invalid", for what this server did not make for this very query.
  [[nodiscard]] Result<std::string> decode(std::string_view query, std::string_view cursor) const;

 private:
  [[nodiscard]] std::string mac_of(std::string_view query, std::string_view position) const;

  std::string secret_;
};

[[nodiscard]] std::unexpected<Error> cursor_invalid();

/// The canonical text of a query, for its cursors: two different queries never have the same text. The page's
/// limit is not part of it, so a reader may change it between pages.
class QueryText {
 public:
  QueryText(std::string_view list, const UserId& user);
  QueryText& add(std::string_view name, const std::optional<std::string>& value);
  QueryText& add(std::string_view name, const std::optional<bool>& value);
  QueryText& add(std::string_view name, const std::optional<TimePoint>& value);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// "request_invalid" unless the limit is 1 to 1,000; "cursor_invalid"; nullopt on the first page.
[[nodiscard]] Result<std::optional<std::string>> position_of(const PageRequest& page,
                                                             const CursorCodec& cursors,
                                                             const QueryText& query);

/// As position_of, where the position is an id.
template <class IdType>
[[nodiscard]] Result<std::optional<IdType>> id_position_of(const PageRequest& page,
                                                           const CursorCodec& cursors,
                                                           const QueryText& query) {
  auto position = position_of(page, cursors, query);
  if (!position) return std::unexpected(std::move(position).error());
  if (!*position) return std::optional<IdType>();
  auto id = parse_id<IdType>(**position);
  if (!id) return cursor_invalid();
  return id;
}

/// Makes a page of rows that were asked for with limit + 1. `key_of(row)` gives a row's position as text.
template <class T, class KeyOf>
[[nodiscard]] Page<T> cut_page(std::vector<T> rows, const PageRequest& page, const CursorCodec& cursors,
                               const QueryText& query, KeyOf key_of) {
  Page<T> out{.items = std::move(rows), .next = std::nullopt, .limit = page.limit, .total = std::nullopt};
  if (out.items.size() <= page.limit) return out;
  out.items.erase(out.items.begin() + static_cast<std::ptrdiff_t>(page.limit), out.items.end());
  out.next = cursors.encode(query.text(), key_of(out.items.back()));
  return out;
}

}  // namespace xzepr::service
