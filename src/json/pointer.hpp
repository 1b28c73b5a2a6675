// JSON Pointer, RFC 6901.
#pragma once

#include <string>
#include <string_view>

#include "json/value.hpp"

namespace xzepr::json {

/// Appends "/token" with ~ and / escaped.
void append_token(std::string& pointer, std::string_view token);
void append_token(std::string& pointer, std::size_t index);

/// "" or tokens that each begin with "/", where "~" stands before 0 or 1 only.
[[nodiscard]] bool is_pointer(std::string_view text);

/// The value at `pointer`, or null when nothing is there or the pointer is malformed.
[[nodiscard]] const Value* find(const Value& root, std::string_view pointer);

}  // namespace xzepr::json
