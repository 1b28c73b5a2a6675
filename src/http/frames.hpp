// WebSocket frames as bytes (RFC 6455, section 5), read as a server reads them: masked, no extension, text
// only. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xzepr::http {

inline constexpr std::size_t web_socket_message_bytes_max = 65'536;
inline constexpr std::size_t web_socket_fragments_max = 1'024;  // of one message

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// A whole frame of a server: not masked, not fragmented. A control frame's payload has 125 bytes at most.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
/// The reason is cut at 123 bytes.
void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason);

class FrameReader {
 public:
  enum class Event : std::uint8_t {
    need_bytes,
    text,  ///< payload() is a whole message
    ping,  ///< payload() goes back in a pong
    pong,
    close,   ///< code() and payload() are the client's; 1000 when it gave none
    failed,  ///< code() and payload() are to be said in a close; the bytes after it have no meaning
  };

  void append(std::string_view bytes) { bytes_ += bytes; }
  /// Goes on until there is something to say.
  [[nodiscard]] Event next();
  /// Valid until the next call of next().
  [[nodiscard]] std::string_view payload() const { return payload_; }
  [[nodiscard]] std::uint16_t code() const { return code_; }
  /// Bytes held: bounded by a message and what came with it.
  [[nodiscard]] std::size_t size() const { return bytes_.size() + message_.size(); }

 private:
  struct Head {
    bool is_final;
    Opcode opcode;
    std::size_t size;    // of the head, with the mask
    std::size_t length;  // of the payload
  };
  enum class HeadState : std::uint8_t { known, incomplete, failed };

  [[nodiscard]] HeadState read_head(Head& head);
  [[nodiscard]] bool check_order(const Head& head);
  [[nodiscard]] bool fail(std::uint16_t code, std::string_view reason);
  [[nodiscard]] std::string take_payload(const Head& head);
  [[nodiscard]] Event on_control(Opcode opcode, std::string payload);
  [[nodiscard]] Event on_close(std::string payload);
  [[nodiscard]] Event on_message();

  std::string bytes_;    // not read yet
  std::string message_;  // the fragments so far
  std::string payload_;
  std::size_t fragments_ = 0;  // of the present message; 0: none has begun
  std::uint16_t code_ = 0;
  bool is_failed_ = false;
};

}  // namespace xzepr::http
