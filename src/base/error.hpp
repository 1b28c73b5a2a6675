// The two lanes of failure. Error is what we tell the client; Fault is what we tell the operator.
// They are different types so that a database message cannot reach a reply by accident.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace xzepr {

/// What went wrong, as a caller may branch on it. The edge maps each to one HTTP status.
enum class Errc : std::uint8_t {
  invalid,               ///< the input is at fault (400)
  unauthenticated,       ///< no or no valid credentials (401)
  forbidden,             ///< known, but not allowed (403)
  not_found,             ///< absent, or not visible to the caller (404)
  conflict,              ///< the state of the resource forbids it (409)
  idempotency_mismatch,  ///< the key was used with another body (422)
  gone,                  ///< existed and was removed by retention (410)
  precondition_failed,   ///< If-Match named another version (412)
  too_large,             ///< over a limit on size (413)
  rate_limited,          ///< too many requests (429)
  unavailable,           ///< overload or a dependency is down; try again (503)
  deadline_exceeded,     ///< out of time (504)
};

/// One broken rule and where: `pointer` is an RFC 6901 JSON Pointer into the request, `keyword` the
/// rule's name (a JSON Schema keyword or "required", "unknown", "length", ...), `schema` the rule's own
/// place as a URI fragment or empty.
struct Violation {
  std::string pointer;
  std::string keyword;
  std::string message;
  std::string schema = {};

  friend bool operator==(const Violation&, const Violation&) = default;
};

/// Shown to the client. `code` is stable, documented under /docs/errors/<code>, and points to static text.
struct Error {
  Errc kind;
  std::string_view code;
  std::string detail;
  std::vector<Violation> violations = {};
  std::string hint = {};   ///< what to do next
  std::string field = {};  ///< the request field at fault, when there is one
  std::chrono::seconds retry_after = std::chrono::seconds{0};  ///< 0: none
};

template <class T>
using Result = std::expected<T, Error>;

/// What nobody below the edge can handle: connection lost, disk full, corrupt row. The message is for
/// the log only. Caught in three places: the API's error map, each background loop, and the writer.
class Fault : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t {
    unavailable,   ///< the dependency cannot be reached now; a retry may help (503)
    storage_full,  ///< no space left (503 storage_full)
    refused,       ///< the store refused this very row or statement; a retry will not help
    corrupt,       ///< the store says something that cannot be
    fatal,         ///< durability can no longer be promised: the process must stop
  };
  Fault(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  [[nodiscard]] Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

// The errors that several modules say. Each names the field or thing and what to do next.
[[nodiscard]] std::unexpected<Error> invalid_field(std::string_view field, std::string_view keyword,
                                                   std::string message);
[[nodiscard]] std::unexpected<Error> not_found(std::string_view code, std::string detail,
                                               std::string hint = {});
[[nodiscard]] std::unexpected<Error> unavailable(std::string detail,
                                                 std::chrono::seconds retry_after = std::chrono::seconds{1});
[[nodiscard]] std::unexpected<Error> deadline_exceeded();

}  // namespace xzepr
