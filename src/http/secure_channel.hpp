// The server's side of TLS on a descriptor that does not block. Never waits: says what to wait for. One
// shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace xzepr::http {

class SecureChannel {
 public:
  enum class Outcome : std::uint8_t {
    done,
    wants_read,  ///< wait until the descriptor can be read, then repeat the call
    wants_write,
    ended,       ///< the other side has said that nothing more comes
    spoke_http,  ///< of a greeting: plain HTTP came
    failed,
  };
  struct Moved {
    Outcome outcome = Outcome::failed;
    std::size_t count = 0;  ///< bytes, when done
  };

  SecureChannel(const std::shared_ptr<ssl_ctx_st>& context, int descriptor);

  /// One step of the handshake; first of all, until done.
  [[nodiscard]] Outcome greet();
  [[nodiscard]] Moved read(std::span<char> into);
  /// Some of `bytes`, which must not be empty. After wants_write the next call must begin with the same
  /// bytes.
  [[nodiscard]] Moved write(std::string_view bytes);
  /// True when read() may have something without waiting.
  [[nodiscard]] bool has_pending() const;
  /// Says that nothing more comes.
  void end();

 private:
  struct Closer {
    void operator()(ssl_st* tls) const noexcept;
  };
  [[nodiscard]] Outcome outcome_of(int result) const;

  std::unique_ptr<ssl_st, Closer> tls_;
};

}  // namespace xzepr::http
