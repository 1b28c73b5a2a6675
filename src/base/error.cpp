#include "base/error.hpp"

#include <fmt/format.h>

namespace xzepr {

std::unexpected<Error> invalid_field(std::string_view field, std::string_view keyword, std::string message) {
  Error error{
      .kind = Errc::invalid, .code = "field_invalid", .detail = fmt::format("{}: {}", field, message)};
  error.violations.push_back(
      {.pointer = fmt::format("/{}", field), .keyword = std::string(keyword), .message = std::move(message)});
  error.field = std::string(field);
  return std::unexpected(std::move(error));
}

std::unexpected<Error> not_found(std::string_view code, std::string detail, std::string hint) {
  return std::unexpected(
      Error{.kind = Errc::not_found, .code = code, .detail = std::move(detail), .hint = std::move(hint)});
}

std::unexpected<Error> unavailable(std::string detail, std::chrono::seconds retry_after) {
  return std::unexpected(
      Error{.kind = Errc::unavailable,
            .code = "unavailable",
            .detail = std::move(detail),
            .hint = "try again after the time in Retry-After; an Idempotency-Key makes the retry safe",
            .retry_after = retry_after});
}

std::unexpected<Error> deadline_exceeded() {
  return std::unexpected(Error{.kind = Errc::deadline_exceeded,
                               .code = "deadline_exceeded",
                               .detail = "the request took longer than its deadline",
                               .hint = "try again; an Idempotency-Key makes the retry safe"});
}

}  // namespace xzepr
