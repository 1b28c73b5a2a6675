// What the tests of this module ask an answer.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace xzepr::api {

/// "" when it is absent.
inline std::string_view header_of(const http::Response& response, std::string_view name) {
  for (const auto& [present, value] : response.headers)
    if (present == name) return value;
  return {};
}

}  // namespace xzepr::api
