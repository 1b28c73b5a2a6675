// A request that passed the strict framing check, and the answer to it. Protocol only.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"

namespace xzepr::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
[[nodiscard]] Method parse_method(std::string_view text);
[[nodiscard]] std::string_view to_string(Method method);

struct Header {
  std::string_view name;
  std::string_view value;
};

/// Why bytes are not a request. All text is static. Codes: http_malformed, path_malformed (400),
/// method_not_allowed (405: CONNECT), request_timeout (408), body_too_large (413), uri_too_long (414),
/// expectation_failed (417), misdirected_request (421), headers_too_large (431), transfer_coding_unknown
/// (501), http_version_unsupported (505).
struct Refusal {
  int status;
  std::string_view code;
  std::string_view detail;
};

/// A body that is handed on while it arrives. Lives as long as the handler that reads it. A handler that
/// answers before the end is answered for with `Connection: close`.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// The next bytes, without their framing, valid until the next call; empty at the end, and ever after. A
  /// refusal (400, 408, 413) is final. Throws operation_aborted when the client is gone.
  [[nodiscard]] virtual Task<std::expected<std::string_view, Refusal>> next() = 0;
  /// Of whatever is done with the part that came last: as long from now as any request has.
  [[nodiscard]] virtual Deadline deadline() const = 0;
};

/// How a body is read: into Request::body before the handler runs, or by it.
enum class BodyReading : std::uint8_t { whole, streamed };

/// What is known of a body before it is read.
struct BodyRule {
  std::size_t bytes_max;
  BodyReading reading = BodyReading::whole;
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
  BodyStream* stream = nullptr;  ///< of a body that is streamed; `body` is empty then
  std::string_view peer;         ///< address of the TCP peer
  Deadline deadline = Deadline::after(std::chrono::seconds{30});

  /// The first header of that name (any case), or "". Trailers are never here.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] bool has_header(std::string_view name) const;
  [[nodiscard]] bool has_body() const { return stream != nullptr || !body.empty(); }
};

/// The body of an answer that comes bit by bit, for as long as both sides like. Used on the connection's
/// shard.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  /// The next bytes; "" at the end. Asked for only when the client's side has taken what came before, so
  /// that nothing gathers behind a slow reader, who is cut when it takes nothing for long.
  [[nodiscard]] virtual Task<std::string> next() = 0;
  /// Nobody listens any more, or the server ends: next() returns "" soon. It may come more than once.
  virtual void stop() = 0;
};

class WebSocketSession;

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  ///< static text; "" when there is no body
  std::string body = {};
  std::vector<std::pair<std::string_view, std::string>> headers =
      {};  ///< names are static text; CR, LF, NUL in values are refused by an assert
  std::shared_ptr<ResponseStream> stream = nullptr;        ///< instead of `body`, when there is one
  std::shared_ptr<WebSocketSession> web_socket = nullptr;  ///< with status 101
  bool must_close = false;
  std::string_view header_block =
      {};  ///< header lines that many answers share, each ended by CRLF: static text

  void set(std::string_view name, std::string value) { headers.emplace_back(name, std::move(value)); }
};

/// The standard phrase, "Not Found"; "" when unknown.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace xzepr::http
