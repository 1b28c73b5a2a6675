// A request that passed the strict framing check, and the answer to it. Protocol only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.hpp"

namespace xzepr::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
[[nodiscard]] Method parse_method(std::string_view text);
[[nodiscard]] std::string_view to_string(Method method);

struct Header {
  std::string_view name;
  std::string_view value;
};

/// Views point into the connection's buffer and are valid until the handler's Response is returned.
struct Request {
  Method method = Method::other;
  std::string_view method_text;
  std::string_view target;  ///< as sent, origin form
  std::string path;         ///< percent-decoded once, dot segments refused, without a trailing slash
  std::string_view query;   ///< raw, without '?'
  std::vector<Header> headers;
  std::string_view body;
  std::string_view peer;  ///< address of the TCP peer
  Deadline deadline = Deadline::after(std::chrono::seconds{30});

  /// The first header of that name (any case), or "". Trailers are never here.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] bool has_header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  ///< static text; "" when there is no body
  std::string body = {};
  std::vector<std::pair<std::string_view, std::string>> headers =
      {};  ///< names are static text; CR, LF, NUL in values are refused by an assert
  bool must_close = false;
  std::string_view header_block =
      {};  ///< header lines that many answers share, each ended by CRLF: static text

  void set(std::string_view name, std::string value) { headers.emplace_back(name, std::move(value)); }
};

/// The standard phrase, "Not Found"; "" when unknown.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace xzepr::http
