// Query strings (application/x-www-form-urlencoded, WHATWG URL) and percent-encoding (RFC 3986).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xzepr::http {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// nullopt on a malformed escape, invalid UTF-8 after decoding, U+0000, or more than 100 parameters.
[[nodiscard]] std::optional<QueryParameters> parse_query(std::string_view query);
/// Percent-decodes; '+' stays. nullopt on a malformed escape.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
/// Encodes all but RFC 3986's unreserved characters.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace xzepr::http
