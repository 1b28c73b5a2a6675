// A TCP proxy before PostgreSQL for tests, on a thread of its own: it can cut a connection inside the answer
// to a COMMIT, or keep the COMMIT back for a while after the client has lost its connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace xzepr::store::postgres {

class TcpProxy {
 public:
  explicit TcpProxy(std::uint16_t server_port) : server_port_(server_port) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(listener_, 64) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
      throw std::runtime_error("the proxy cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~TcpProxy() {
    must_stop_ = true;
    thread_.join();
    for (auto& link : links_) cut(link);
    close(listener_);
  }
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// The next COMMIT reaches the server; of the answers that follow, `bytes` reach the client, then the line
  /// is cut.
  void cut_answer_after(int bytes) { cut_after_ = bytes; }
  /// The next COMMIT is kept back: the client's line is cut at once, and the server gets it after `delay`.
  void delay_commit(std::chrono::milliseconds delay) { delay_ms_ = static_cast<int>(delay.count()); }
  [[nodiscard]] int cuts() const { return cuts_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Link {
    int client = -1;
    int server = -1;
    int answer_left = -1;  // counts down once armed
    std::string held = {};
    Clock::time_point release = {};
  };

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  void run() {
    while (!must_stop_) {
      pollfd entry{.fd = listener_, .events = POLLIN, .revents = 0};
      if (poll(&entry, 1, links_.empty() ? 5 : 0) > 0) accept_one();
      for (auto& link : links_) serve(link);
      std::erase_if(links_, [](const Link& link) { return link.client < 0 && link.server < 0; });
      wait();
    }
  }
  void wait() {
    std::vector<pollfd> entries{{.fd = listener_, .events = POLLIN, .revents = 0}};
    for (const auto& link : links_) {
      for (const int end : {link.client, link.server}) {
        if (end >= 0) entries.push_back({.fd = end, .events = POLLIN, .revents = 0});
      }
    }
    poll(entries.data(), entries.size(), 5);
  }
  void accept_one() {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(server_port_);
    if (client < 0 || connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close(client);
      close(server);
      return;
    }
    const int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    links_.push_back({.client = client, .server = server});
  }

  void serve(Link& link) {
    if (link.client < 0 && link.server >= 0) return release_held(link);
    std::string bytes;
    if (!take(link.client, bytes)) return cut(link);
    if (!bytes.empty()) to_server(link, bytes);
    if (link.client < 0) return;
    if (!take(link.server, bytes)) return cut(link);
    if (!bytes.empty()) to_client(link, bytes);
  }
  // The Bind message of the statement that is called commit.
  static bool has_commit(std::string_view bytes) {
    return bytes.find(std::string_view("\0commit\0", 8)) != std::string_view::npos;
  }
  void to_server(Link& link, const std::string& bytes) {
    if (has_commit(bytes)) {
      if (const int delay = delay_ms_.exchange(-1); delay >= 0) {
        link.held = bytes;
        link.release = Clock::now() + std::chrono::milliseconds(delay);
        close(std::exchange(link.client, -1));
        ++cuts_;
        return;
      }
      if (const int after = cut_after_.exchange(-1); after >= 0) link.answer_left = after;
    }
    send_all(link.server, bytes);
  }
  void to_client(Link& link, std::string bytes) {
    if (link.answer_left < 0) return send_all(link.client, bytes);
    const auto allowed = std::min(bytes.size(), static_cast<std::size_t>(link.answer_left));
    send_all(link.client, bytes.substr(0, allowed));
    link.answer_left -= static_cast<int>(allowed);
    if (bytes.size() <= allowed) return;
    ++cuts_;
    close(std::exchange(link.client, -1));
    link.release = Clock::now();
  }
  void release_held(Link& link) {
    if (Clock::now() < link.release) return;
    send_all(link.server, link.held);
    cut(link);
  }
  // False at the end of the stream.
  static bool take(int from, std::string& bytes) {
    bytes.resize(65'536);
    const auto count = recv(from, bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
  }
  static void send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  static void cut(Link& link) {
    for (int* end : {&link.client, &link.server}) {
      if (*end >= 0) close(std::exchange(*end, -1));
    }
  }

  const std::uint16_t server_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<int> cut_after_ = -1;
  std::atomic<int> delay_ms_ = -1;
  std::atomic<int> cuts_ = 0;
  std::atomic<bool> must_stop_ = false;
  std::list<Link> links_;
  std::thread thread_;
};

}  // namespace xzepr::store::postgres
