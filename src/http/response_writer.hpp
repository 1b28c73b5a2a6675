// A Response as the bytes of HTTP/1.1. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace xzepr::http {

enum class AfterResponse : std::uint8_t {
  keep_alive,
  keep_alive_1_0,  ///< said aloud, because an HTTP/1.0 client expects a close otherwise
  close,
};

/// Appends the status line, all headers and the empty line. Date and Content-Length come first; `date_line`
/// is "Date: ...\r\n". A response of status 1xx, 204 or 304 has neither length nor type. A stream is chunked
/// when the connection is kept, else its end is that of the connection (RFC 9112, section 6.3).
void append_head(std::string& out, const Response& response, AfterResponse after, std::string_view date_line);

/// A piece of a chunked body (RFC 9112, section 7.1); the empty one is the last.
void append_chunk(std::string& out, std::string_view bytes);

/// Whether the body follows the head.
[[nodiscard]] bool has_body(const Response& response, Method method);

/// "Date: Sat, 31 Jan 2026 09:30:00 GMT\r\n"
[[nodiscard]] std::string make_date_line(std::chrono::sys_seconds time);

}  // namespace xzepr::http
