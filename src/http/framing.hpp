// The strict gate over the raw bytes of a request's head (RFC 9112, and stricter where two readers could
// disagree). Pure: bytes in, a framed request or a refusal out. Nothing is repaired: what is not exactly
// right is refused, and the connection ends, because nobody knows where the next request would start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace xzepr::http {

/// Finds the end of the head while bytes arrive, so that no byte is looked at twice and over-long or hopeless
/// input is refused before it is whole. One empty line before the request line is skipped.
class HeadScanner {
 public:
  enum class State : std::uint8_t { incomplete, complete, refused };

  /// `bytes` starts where it started in the calls before and has grown.
  [[nodiscard]] State scan(std::string_view bytes);
  /// When complete: the head without the skipped line and with its last empty line is bytes [begin, end).
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t end() const { return position_; }
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

 private:
  [[nodiscard]] State refuse(const Refusal& refusal);
  [[nodiscard]] std::optional<Refusal> check_line_length(std::size_t length) const;
  [[nodiscard]] State check_partial_line(std::string_view bytes);
  [[nodiscard]] bool is_hopeless(char first) const;

  std::size_t begin_ = 0;
  std::size_t line_ = 0;      // where the present line starts
  std::size_t position_ = 0;  // what lies before was looked at
  std::size_t lines_ = 0;     // complete lines, the request line among them
  Refusal refusal_{};
};

/// How the body is delimited, and what the connection does afterwards.
struct Framing {
  enum class Body : std::uint8_t { none, sized, chunked };
  Body body = Body::none;
  std::uint64_t content_length = 0;
  bool is_keep_alive = true;
  bool is_version_1_0 = false;
  bool expects_continue = false;
};

/// `head` ends with its empty line and passed the scanner. Fills every field of `request` that comes from the
/// head (views into `head`; memory of an earlier request is reused) and `framing`, or says why not.
[[nodiscard]] std::optional<Refusal> parse_head(std::string_view head, Request& request, Framing& framing);

/// The path of an origin-form target, decoded once: each segment percent-decoded, one trailing slash removed.
/// Refused: malformed escapes, empty and dot segments, encoded slashes, backslashes and controls, invalid
/// UTF-8.
[[nodiscard]] std::optional<Refusal> normalise_path(std::string_view raw, std::string& path);

}  // namespace xzepr::http
