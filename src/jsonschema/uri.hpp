// URI references (RFC 3986), as far as schemas need them: resolved against a base, never fetched.
#pragma once

#include <string>
#include <string_view>

namespace xzepr::jsonschema {

struct UriParts {
  std::string_view uri;       ///< without '#' and what follows
  std::string_view fragment;  ///< still percent-encoded; empty when there is none
};

[[nodiscard]] UriParts split_fragment(std::string_view reference);

/// The absolute form of `reference`, which has no fragment (section 5.2). An empty base leaves it as it is.
[[nodiscard]] std::string resolve_uri(std::string_view base, std::string_view reference);

/// False when a % is not followed by two hexadecimal digits.
[[nodiscard]] bool decode_percent(std::string_view text, std::string& out);

}  // namespace xzepr::jsonschema
