#include "http/fixture_test.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/web_socket.hpp"

namespace xzepr::http {

std::atomic<bool> EchoApplication::is_released = false;

namespace {

std::string list_headers(const Request& request) {
  std::string out;
  for (const auto& header : request.headers) out += fmt::format("{}={}\n", header.name, header.value);
  return out;
}

std::size_t number(std::string_view text) {
  std::size_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// "N bytes: BODY", or the refusal's code; with ?unread nothing is read.
Task<Response> read_stream(const Request& request) {
  Response response{.content_type = "text/plain"};
  if (request.query == "unread") co_return response;
  std::string body;
  while (request.stream != nullptr) {
    const auto part = co_await request.stream->next();
    if (!part) {
      response.status = part.error().status;
      body = part.error().code;
      break;
    }
    if (part->empty()) break;
    body += *part;
  }
  response.body = fmt::format("{} bytes: {}", body.size(), body);
  co_return response;
}

class Numbers final : public ResponseStream {
 public:
  Numbers(std::size_t end, std::size_t line, std::atomic<int>& count)
      : end_(end), line_(line), count_(count) {
    count_.fetch_add(1);
  }
  ~Numbers() override { count_.fetch_sub(1); }
  Task<std::string> next() override {
    if (end_ == std::string::npos && line_ == 0) co_await sleep_for(std::chrono::milliseconds{1});
    if (is_stopped_ || at_ == end_) co_return std::string();
    co_return fmt::format("{}{}\n", at_++, std::string(line_, ' '));
  }
  void stop() override { is_stopped_ = true; }

 private:
  std::size_t at_ = 0;
  const std::size_t end_;
  const std::size_t line_;
  bool is_stopped_ = false;
  std::atomic<int>& count_;
};

class Talk final : public WebSocketSession {
 public:
  explicit Talk(std::atomic<int>& count) : count_(count) { count_.fetch_add(1); }
  ~Talk() override { count_.fetch_sub(1); }
  Task<WebSocketOutput> next() override {
    while (lines_.empty() && !is_stopped_ && !is_flooding_) co_await sleep_for(std::chrono::milliseconds{1});
    WebSocketOutput output;
    if (is_stopped_) {
      output = {.kind = WebSocketOutput::Kind::close, .text = "stopped", .code = close_code::going_away};
    } else if (is_flooding_) {
      output.text = std::string(65'536, 'x');
    } else {
      output.text = std::move(lines_.front());
      lines_.erase(lines_.begin());
    }
    co_return output;
  }
  std::optional<WebSocketClose> on_text(std::string_view text) override {
    if (text == "bye") return WebSocketClose{.code = 4000, .reason = "bye"};
    is_flooding_ = text == "flood";
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    lines_.push_back(upper);
    return std::nullopt;
  }
  void stop() override { is_stopped_ = true; }

 private:
  std::vector<std::string> lines_ = {"hello"};
  bool is_stopped_ = false;
  bool is_flooding_ = false;
  std::atomic<int>& count_;
};

}  // namespace

Task<Response> EchoApplication::handle(Request& request) {
  handled.fetch_add(1);
  Response response{.content_type = "text/plain"};
  if (request.path == "/stream") co_return co_await read_stream(request);
  if (request.path == "/throw") throw std::runtime_error("a test threw this");
  if (request.path == "/slow") co_await sleep_for(std::chrono::milliseconds{100});
  while (request.path == "/wait" && !is_released) co_await sleep_for(std::chrono::milliseconds{5});
  if (request.path == "/talk") co_return accept_web_socket(request, std::make_shared<Talk>(streams));
  if (request.path == "/count")
    response.stream = std::make_shared<Numbers>(number(request.query), 0, streams);
  if (request.path == "/endless") response.stream = std::make_shared<Numbers>(std::string::npos, 0, streams);
  if (request.path == "/flood")
    response.stream = std::make_shared<Numbers>(std::string::npos, 65'536, streams);
  if (request.path == "/empty") {
    response.status = 204;
  } else if (request.path == "/echo") {
    response.body = std::string(request.body);
  } else if (request.path == "/large") {
    response.body = std::string(number(request.query), 'x');
  } else if (request.path == "/headers") {
    response.body = list_headers(request);
  } else if (request.path == "/close") {
    response.must_close = true;
  } else {
    response.body = fmt::format("{} {}?{}", request.method_text, request.path, request.query);
  }
  co_return response;
}

BodyRule EchoApplication::body_rule(Method, std::string_view target) const {
  if (target.starts_with("/stream")) return {.bytes_max = 1'000'000, .reading = BodyReading::streamed};
  return {.bytes_max = target.starts_with("/small") ? 10 : limits::body_bytes_max};
}

Response EchoApplication::protocol_error(int status, std::string_view code, std::string_view detail) const {
  return {.status = status,
          .content_type = "text/plain",
          .body = fmt::format("{}: {}", code, detail),
          .must_close = true};
}

TestServer::TestServer(ServerOptions options, std::size_t shard_count) {
  EchoApplication::is_released = false;
  options.port = 0;
  std::vector<Shard> shards;
  for (std::size_t i = 0; i < shard_count; ++i) {
    applications.push_back(std::make_unique<EchoApplication>());
    loops.push_back(std::make_unique<asio::io_context>(1));
    shards.push_back({.loop = loops.back().get(), .application = applications.back().get()});
  }
  server = std::make_unique<Server>(options, shards, log, metrics);
  server->start();
  for (const auto& loop : loops) threads_.emplace_back([&loop = *loop] { loop.run(); });
}

// The loops run dry by themselves: a server that was terminated must leave nothing behind that waits.
TestServer::~TestServer() {
  EchoApplication::is_released = true;
  server->terminate();
  for (auto& thread : threads_) thread.join();
  server.reset();
}

int TestServer::handled() const {
  int sum = 0;
  for (const auto& application : applications) sum += application->handled;
  return sum;
}

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  is_connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

RawClient::~RawClient() { ::close(socket_); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::shutdown_send() { ::shutdown(socket_, SHUT_WR); }

bool RawClient::fill(int timeout_ms) {
  pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
  if (::poll(&wait, 1, timeout_ms) <= 0) return false;
  std::array<char, 65'536> part{};
  const auto got = ::recv(socket_, part.data(), part.size(), 0);
  is_reset_ = got < 0;
  if (got > 0) buffer_.append(part.data(), static_cast<std::size_t>(got));
  return got > 0;
}

std::string RawClient::receive(bool has_body) {
  std::size_t head_end = 0;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill(10'000)) return std::exchange(buffer_, {});
  }
  const auto length_at = std::min(buffer_.find("Content-Length: "), head_end);
  const auto length =
      has_body && length_at < head_end ? number(std::string_view(buffer_).substr(length_at + 16)) : 0;
  const std::size_t size = head_end + 4 + length;
  while (buffer_.size() < size && fill(10'000)) continue;
  auto out = buffer_.substr(0, size);
  buffer_.erase(0, out.size());
  return out;
}

std::string RawClient::receive_all() {
  while (fill(10'000)) continue;
  if (is_reset_) buffer_ += "reset";
  return std::exchange(buffer_, {});
}

std::string RawClient::receive_within(std::chrono::milliseconds time) {
  (void)fill(static_cast<int>(time.count()));
  return std::exchange(buffer_, {});
}

std::string request(std::string_view line, std::string_view headers, std::string_view body) {
  return fmt::format("{} HTTP/1.1\r\nHost: h\r\n{}\r\n{}", line, headers, body);
}

std::string upgrade(std::string_view path) {
  return request(fmt::format("GET {}", path),
                 "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
}

std::string status_of(const std::string& answer) {
  return answer.substr(0, std::min(answer.size(), std::size_t{12}));
}

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 2'000; ++i) {
    if (condition()) return true;
    ::usleep(5'000);
  }
  return false;
}

}  // namespace xzepr::http
