// What a request says about its body: Content-Type and Content-Encoding (RFC 9110, section 8).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/route.hpp"
#include "base/error.hpp"

namespace xzepr::api {

enum class Media : std::uint8_t { json, ndjson, other };

/// Case does not count; the only parameter allowed is charset=utf-8.
[[nodiscard]] Media parse_media(std::string_view content_type);

struct Content {
  std::string_view type;
  std::string_view encoding;
  bool has_body;
};
/// Why the route cannot take such a body (415): "content_type_unsupported" or "content_encoding_unsupported".
[[nodiscard]] std::optional<Error> refuse_content(const Content& content, Body accepted);

}  // namespace xzepr::api
