// WebSocket (RFC 6455), the server's side, text messages only, without extensions: the handshake, and what a
// session is to the connection that carries it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "http/message.hpp"

namespace xzepr::http {

/// Section 7.4.1.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t unsupported_data = 1003;
inline constexpr std::uint16_t invalid_data = 1007;
inline constexpr std::uint16_t policy_violation = 1008;
inline constexpr std::uint16_t too_big = 1009;
}  // namespace close_code

struct WebSocketClose {
  std::uint16_t code;
  std::string reason;  ///< at most 123 bytes
};

/// What the server says next.
struct WebSocketOutput {
  enum class Kind : std::uint8_t { text, ping, close };
  Kind kind = Kind::text;
  std::string text = {};                    ///< or the reason of a close
  std::uint16_t code = close_code::normal;  ///< of a close
};

/// One conversation, used on the connection's shard.
class WebSocketSession {
 public:
  virtual ~WebSocketSession() = default;
  /// Asked for only when the client's side has taken what came before. A close is the last. It pings when
  /// there is nothing to say for 20 s: a client that is not heard of for three of these is gone.
  [[nodiscard]] virtual Task<WebSocketOutput> next() = 0;
  /// A whole message of the client, of 64 KiB at most. A value closes the conversation.
  [[nodiscard]] virtual std::optional<WebSocketClose> on_text(std::string_view text) = 0;
  /// Nobody listens any more, or the server ends: next() returns soon. It may come more than once.
  virtual void stop() = 0;
};

/// Does the request want to go on as a WebSocket? It may be malformed in that.
[[nodiscard]] bool wants_web_socket(const Request& request);
/// 101 with the session; 400, or 426 with the version that is spoken here, for what section 4.2.1 refuses.
/// `protocols` are the subprotocols spoken, best first: one that the client offers is chosen; a client that
/// offers others only gets none.
[[nodiscard]] Response accept_web_socket(const Request& request, std::shared_ptr<WebSocketSession> session,
                                         std::span<const std::string_view> protocols = {});

}  // namespace xzepr::http
