// What Redis says and is told, RESP2: https://redis.io/docs/latest/develop/reference/protocol-spec/
// Pure: bytes in, replies out, and words in, bytes out. RESP2 because nothing that is asked here has an
// answer of RESP3's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xzepr::redis {

struct Reply {
  enum class Kind : std::uint8_t {
    text,     ///< simple or bulk string, in `text`
    error,    ///< "CODE message" in `text`
    integer,  ///< in `integer`
    array,    ///< in `elements`
    nothing,  ///< a null string or array
  };

  Kind kind = Kind::nothing;
  std::string text = {};
  std::int64_t integer = 0;
  std::vector<Reply> elements = {};

  [[nodiscard]] bool is_error() const { return kind == Kind::error; }
  friend bool operator==(const Reply&, const Reply&) = default;
};

/// Finds replies in a stream, however it is cut. Holds at most `reply_bytes_max` and what was fed last.
class ReplyReader {
 public:
  static constexpr std::size_t reply_bytes_max = 16'384;
  static constexpr std::size_t elements_max = 256;  ///< of one array
  static constexpr unsigned depth_max = 4;          ///< arrays in arrays

  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next whole reply, nullopt when its end has not come. An error, which stays, says in words what is
  /// not RESP2 or beyond the bounds: the connection is of no use any more.
  [[nodiscard]] std::expected<std::optional<Reply>, std::string_view> next();

 private:
  std::string buffer_;
  std::size_t taken_ = 0;  // of the buffer, by replies given out
};

/// One command: an array of bulk strings, which may hold any bytes.
[[nodiscard]] std::string encode_command(std::span<const std::string_view> words);

}  // namespace xzepr::redis
