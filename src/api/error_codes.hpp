// Every stable error code of the API with its title, in one table: problem bodies and the documentation read
// it.
#pragma once

#include <span>
#include <string_view>

namespace xzepr::api {

struct ErrorCode {
  std::string_view code;
  std::string_view title;
};

/// Sorted by code.
[[nodiscard]] std::span<const ErrorCode> error_codes();
/// "" for a code that the table does not have.
[[nodiscard]] std::string_view title_of(std::string_view code);

}  // namespace xzepr::api
