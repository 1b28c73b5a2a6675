// UTF-8 (RFC 3629), by bytes: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xzepr::json {

/// Bytes (1 to 4) of the code point at the front of `text`, 0 when it is not valid UTF-8. `text` is not
/// empty.
[[nodiscard]] std::size_t code_point_size(std::string_view text);

/// Code points of valid UTF-8.
[[nodiscard]] std::size_t code_point_count(std::string_view text);

/// `code_point` must be a Unicode scalar value.
void append_code_point(std::string& out, std::uint32_t code_point);

}  // namespace xzepr::json
