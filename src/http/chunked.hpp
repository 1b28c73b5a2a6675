// The chunked transfer coding (RFC 9112, section 7.1), read as bytes arrive. Pure. Stricter than the grammar:
// no space after a chunk's size, a bound on extensions, and trailers that are checked and dropped, never seen
// as headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/framing.hpp"

namespace xzepr::http {

class ChunkedDecoder {
 public:
  enum class State : std::uint8_t { incomplete, complete, refused };

  /// More than `body_bytes_max` decoded bytes are refused as soon as a chunk announces them (413).
  explicit ChunkedDecoder(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  /// Appends what `input` holds to `body` and returns how many bytes were taken: all of them, unless the body
  /// ended or was refused. What is left then belongs to the next request.
  std::size_t feed(std::string_view input, std::string& body);

  [[nodiscard]] State state() const;
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

 private:
  enum class Expect : std::uint8_t {
    size,
    extension,
    size_feed,
    data,
    data_return,
    data_feed,  // a chunk
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_feed,  // one trailer line
    last_feed,
    nothing,
    never,
  };

  void take(char c);
  void take_size(char c);
  void take_trailer(char c);
  void end_of_size_line();
  void refuse(int status, std::string_view code, std::string_view detail);

  std::size_t body_bytes_max_;
  Expect expect_ = Expect::size;
  std::size_t decoded_ = 0;  // whatever became of it
  std::uint64_t left_ = 0;   // of the present chunk
  std::size_t size_digits_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  Refusal refusal_{};
};

}  // namespace xzepr::http
