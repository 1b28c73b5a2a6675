// A LiveFeed as bytes: server-sent events (WHATWG HTML, section 9.2), NDJSON, or a WebSocket's messages.
#pragma once

#include <memory>

#include "api/stream/live_feed.hpp"
#include "http/message.hpp"
#include "http/web_socket.hpp"

namespace xzepr::api::stream {

/// Each message has its place as `id` and its kind as `event`; a comment every 15 s. What ends a stream is
/// its last event, "error", with a problem's code.
[[nodiscard]] std::shared_ptr<http::ResponseStream> event_stream_body(std::unique_ptr<LiveFeed> feed);
/// A message a line; an empty line every 15 s.
[[nodiscard]] std::shared_ptr<http::ResponseStream> ndjson_body(std::unique_ptr<LiveFeed> feed);
/// A message each; pings. Closes with 1001 when the server ends, 4401 when the credential does, 4403 when
/// the right does, 1013 when the journal cannot be read; the reason is the place to go on from. Text of the
/// client is refused with 1008.
[[nodiscard]] std::shared_ptr<http::WebSocketSession> web_socket_body(std::unique_ptr<LiveFeed> feed);

}  // namespace xzepr::api::stream
