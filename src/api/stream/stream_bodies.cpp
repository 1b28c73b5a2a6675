#include "api/stream/stream_bodies.hpp"

#include <deque>

#include <fmt/format.h>

namespace xzepr::api::stream {
namespace {

using journal::live::Shown;

constexpr std::uint16_t close_try_again = 1013;        // IANA, WebSocket close codes
constexpr std::uint16_t close_unauthenticated = 4401;  // ours, as HTTP's
constexpr std::uint16_t close_forbidden = 4403;

class EventStream final : public http::ResponseStream {
 public:
  explicit EventStream(std::unique_ptr<LiveFeed> feed) : feed_(std::move(feed)) {}

  Task<std::string> next() override {
    // A browser tries again after a second, from where it was.
    if (std::exchange(is_begun_, true) == false)
      co_return fmt::format("retry: 1000\nid: {}\n\n", feed_->place());
    if (is_ended_) co_return std::string();
    const auto step = co_await feed_->next();
    is_ended_ = step.is_end;
    std::string out;
    if (step.why) out = fmt::format("event: error\ndata: {{\"code\":\"{}\"}}\n\n", step.why->code);
    if (step.is_end) co_return out;
    append_messages(out, step.messages);
    // The id moves over what was not for this client.
    if (step.messages.empty()) out = fmt::format("id: {}\n\n", feed_->place());
    co_return out;
  }
  void stop() override { feed_->stop(); }

 private:
  void append_messages(std::string& out, const std::vector<Shown>& messages) const {
    const auto place = feed_->place();
    const auto epoch = std::string_view(place).substr(0, place.find('.'));
    for (const auto& message : messages) {
      fmt::format_to(std::back_inserter(out), "id: {}.{}\nevent: {}\ndata: {}\n\n", epoch,
                     message->row.position, domain::message_kind(message->row.kind), message->body);
    }
  }

  std::unique_ptr<LiveFeed> feed_;
  bool is_begun_ = false;
  bool is_ended_ = false;
};

class Lines final : public http::ResponseStream {
 public:
  explicit Lines(std::unique_ptr<LiveFeed> feed) : feed_(std::move(feed)) {}

  Task<std::string> next() override {
    const auto step = co_await feed_->next();
    std::string out;
    if (step.is_end) co_return out;
    for (const auto& message : step.messages) {
      out += message->body;
      out += '\n';
    }
    if (out.empty()) out = "\n";
    co_return out;
  }
  void stop() override { feed_->stop(); }

 private:
  std::unique_ptr<LiveFeed> feed_;
};

std::uint16_t close_code_of(const std::optional<Error>& why) {
  if (!why) return http::close_code::going_away;
  if (why->kind == Errc::unauthenticated) return close_unauthenticated;
  return why->kind == Errc::forbidden ? close_forbidden : close_try_again;
}

class Socket final : public http::WebSocketSession {
 public:
  explicit Socket(std::unique_ptr<LiveFeed> feed) : feed_(std::move(feed)) {}

  Task<http::WebSocketOutput> next() override {
    http::WebSocketOutput output;
    if (waiting_.empty()) {
      auto step = co_await feed_->next();
      if (step.is_end) {
        output = {.kind = http::WebSocketOutput::Kind::close,
                  .text = fmt::format("after={}", feed_->place()),
                  .code = close_code_of(step.why)};
        co_return output;
      }
      waiting_.assign(step.messages.begin(), step.messages.end());
    }
    if (waiting_.empty()) {
      output.kind = http::WebSocketOutput::Kind::ping;
    } else {
      output.text = waiting_.front()->body;
      waiting_.pop_front();
    }
    co_return output;
  }
  std::optional<http::WebSocketClose> on_text(std::string_view) override {
    return http::WebSocketClose{.code = http::close_code::policy_violation,
                                .reason = "this stream takes no messages; its filters are in the URL"};
  }
  void stop() override { feed_->stop(); }

 private:
  std::unique_ptr<LiveFeed> feed_;
  std::deque<Shown> waiting_;
};

}  // namespace

std::shared_ptr<http::ResponseStream> event_stream_body(std::unique_ptr<LiveFeed> feed) {
  return std::make_shared<EventStream>(std::move(feed));
}
std::shared_ptr<http::ResponseStream> ndjson_body(std::unique_ptr<LiveFeed> feed) {
  return std::make_shared<Lines>(std::move(feed));
}
std::shared_ptr<http::WebSocketSession> web_socket_body(std::unique_ptr<LiveFeed> feed) {
  return std::make_shared<Socket>(std::move(feed));
}

}  // namespace xzepr::api::stream
