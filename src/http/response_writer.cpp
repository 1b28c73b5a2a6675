#include "http/response_writer.hpp"

#include <array>

#include <fmt/format.h>

#include "base/assert.hpp"

namespace xzepr::http {
namespace {

bool status_allows_body(int status) { return status >= 200 && status != 204 && status != 304; }

void append_number(std::string& out, std::uint64_t number) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

// A value with a line end in it would be a response of somebody else's making: our own code must never let it
// come here.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  XZEPR_ASSERT(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

void append_head(std::string& out, const Response& response, AfterResponse after,
                 std::string_view date_line) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  out += date_line;
  if (status_allows_body(response.status)) {
    if (!response.stream) {
      out += "Content-Length: ";
      append_number(out, response.body.size());
      out += "\r\n";
    } else if (after != AfterResponse::close) {
      out += "Transfer-Encoding: chunked\r\n";
    }
    if (!response.content_type.empty()) {
      out += "Content-Type: ";
      out += response.content_type;
      const bool needs_charset = response.content_type.starts_with("text/") &&
                                 response.content_type.find("charset=") == std::string_view::npos;
      out += needs_charset ? "; charset=utf-8\r\n" : "\r\n";
    }
  }
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  out += response.header_block;
  switch (after) {
    case AfterResponse::keep_alive: break;
    case AfterResponse::keep_alive_1_0: out += "Connection: keep-alive\r\n"; break;
    case AfterResponse::close: out += "Connection: close\r\n"; break;
  }
  out += "\r\n";
}

void append_chunk(std::string& out, std::string_view bytes) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", bytes.size());
  out += bytes;
  out += "\r\n";
}

bool has_body(const Response& response, Method method) {
  return method != Method::head && status_allows_body(response.status) && !response.body.empty();
}

std::string make_date_line(std::chrono::sys_seconds time) {
  constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
                     days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                     months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace xzepr::http
