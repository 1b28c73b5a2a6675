// JSON text out of values. write() keeps member order; canonical() is RFC 8785.
#pragma once

#include <string>
#include <string_view>

#include "json/value.hpp"

namespace xzepr::json {

[[nodiscard]] std::string write(const Value& value);
void append(std::string& out, const Value& value);

/// A quoted, escaped JSON string, for answers that are rendered by hand.
void append_string(std::string& out, std::string_view text);

/// RFC 8785 (JCS): members sorted by UTF-16 code units, shortest numbers, no white space.
[[nodiscard]] std::string canonical(const Value& value);

/// Equality as JSON Schema means it (2020-12 core, 4.2.2): 1 equals 1.0, member order does not count.
[[nodiscard]] bool equal(const Value& a, const Value& b);

}  // namespace xzepr::json
