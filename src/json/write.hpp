// JSON text out of values. write() keeps member order; canonical() is RFC 8785.
#pragma once

#include <string>
#include <string_view>

#include "json/value.hpp"

namespace xzepr::json {

/// A double is written in the shortest form that reads back as the same double, and always as one: 1.0 stays
/// "1.0". One that is not finite, which parse() never gives, is written as null.
[[nodiscard]] std::string write(const Value& value);
void append(std::string& out, const Value& value);

/// A quoted, escaped JSON string, for answers that are rendered by hand. Bytes that are not UTF-8 become
/// U+FFFD, so that the answer is valid whatever the text holds.
void append_string(std::string& out, std::string_view text);
/// How many bytes at its start stand for themselves in a JSON string: ASCII without quotes, backslashes and
/// control characters.
[[nodiscard]] std::size_t plain_bytes(std::string_view text);

/// RFC 8785 (JCS): members sorted by UTF-16 code units, shortest numbers, no white space. Integers beyond
/// 2^53, which the RFC leaves out, keep all their digits, so that different values never look alike.
[[nodiscard]] std::string canonical(const Value& value);

/// Equality as JSON Schema means it (2020-12 core, 4.2.2): 1 equals 1.0, member order does not count.
[[nodiscard]] bool equal(const Value& a, const Value& b);

/// Of two numbers by mathematical value, exactly (no rounding of integers to doubles): negative, 0 or
/// positive.
[[nodiscard]] int compare_numbers(const Value& a, const Value& b);

}  // namespace xzepr::json
