// One connection's incoming bytes as a sequence of framed requests. No socket, no clock: the connection asks
// where to read, says how much came, and is told what to do next. Owns the memory that a Request points into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "http/chunked.hpp"
#include "http/framing.hpp"
#include "http/message.hpp"

namespace xzepr::http {

class RequestReader {
 public:
  enum class Step : std::uint8_t {
    need_bytes,        ///< read into prepare(), then commit()
    head_complete,     ///< request() is filled but for its body: decide, and call accept_body()
    request_complete,  ///< all of it has come: request() may be handled; then next()
    refused,           ///< answer refusal() and close: the bytes after it have no meaning
  };

  /// Goes as far as the bytes allow. Asked again without change, it answers the same.
  [[nodiscard]] Step advance();
  /// Once per head_complete. A larger body is refused as soon as that is known. A streamed one is handed out
  /// by part() and drop_part(), and views into the head stay valid meanwhile.
  void accept_body(BodyRule rule);
  /// Forgets the present request; the bytes behind it are the next one. Views into it are dead.
  void next();

  /// After accept_body(): the body is handed out in parts, so request() may be handled before it is complete.
  [[nodiscard]] bool is_streamed() const { return is_streamed_; }
  /// Of a streamed body: what has come and was not dropped. Valid until drop_part(), prepare() or advance().
  [[nodiscard]] std::string_view part() const;
  void drop_part();

  /// Where the next bytes go; never empty after need_bytes.
  [[nodiscard]] std::span<char> prepare();
  void commit(std::size_t count);

  [[nodiscard]] bool is_complete() const { return phase_ == Phase::complete; }

  [[nodiscard]] Request& request() { return request_; }
  [[nodiscard]] const Framing& framing() const { return framing_; }
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }
  /// No byte of a request is here.
  [[nodiscard]] bool is_idle() const { return phase_ == Phase::head && begin_ == end_; }
  [[nodiscard]] bool is_in_body() const {
    return phase_ == Phase::sized_body || phase_ == Phase::chunked_body;
  }
  /// Bytes of the present body that have come, as sent.
  [[nodiscard]] std::size_t body_bytes_received() const { return body_received_; }

 private:
  enum class Phase : std::uint8_t { head, head_known, sized_body, chunked_body, complete, refused };

  [[nodiscard]] std::string_view bytes() const { return {buffer_.data() + begin_, end_ - begin_}; }
  [[nodiscard]] Step advance_head();
  [[nodiscard]] Step advance_chunked();
  [[nodiscard]] Step refuse(const Refusal& refusal);
  void complete(std::string_view body);
  [[nodiscard]] std::span<char> prepare_sized();
  void make_room(std::size_t bytes_min);
  void start_sized_body();

  Request request_;
  Framing framing_;
  Refusal refusal_{};
  HeadScanner scanner_;
  Phase phase_ = Phase::head;

  std::vector<char>
      buffer_;  // [begin_, end_) is unread: the present head, perhaps its body, perhaps what follows
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t head_end_ = 0;   // from begin_: where the body starts
  std::size_t body_end_ = 0;   // from begin_: where the next request starts, when complete
  std::string body_;           // a body that is chunked or was not wholly in the buffer
  std::size_t body_size_ = 0;  // bytes of body_ that are filled, of a sized body
  std::size_t body_received_ = 0;
  bool is_streamed_ = false;
  std::string_view last_part_;  // of a streamed body that has come to its end
  std::optional<ChunkedDecoder> decoder_;
};

}  // namespace xzepr::http
