// A real listener on loopback that webhooks are told at: what it was told, and what it answers.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xzepr::journal::webhook {

struct Told {
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// A thread for each connection. Calls may come from any thread.
class Endpoint {
 public:
  /// What is answered to the request of this number, from 0. On the connection's thread.
  using Answer = std::function<int(std::size_t number)>;

  explicit Endpoint(Answer answer = [](std::size_t) { return 204; })
      : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size);
    ::listen(socket_, 64);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~Endpoint() {
    release();
    ::shutdown(socket_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int client : clients_) ::shutdown(client, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    for (const int client : clients_) ::close(client);
    ::close(socket_);
  }
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/hook", port_); }
  /// Answers nothing until release().
  void hold() {
    const std::lock_guard lock(mutex_);
    is_held_ = true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    is_held_ = false;
    changed_.notify_all();
  }
  [[nodiscard]] std::vector<Told> told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  [[nodiscard]] std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return told_.size();
  }
  std::atomic<int> together = 0;  ///< requests that have no answer yet
  std::atomic<int> together_max = 0;

 private:
  void accept_all() {
    while (true) {
      const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      const std::lock_guard lock(mutex_);
      clients_.push_back(client);
      threads_.emplace_back([this, client] { serve(client); });
    }
  }
  void serve(int client) {
    std::string text;
    Told told;
    while (read_request(client, text, told)) {
      const int now = ++together;
      for (int seen = together_max; seen < now && !together_max.compare_exchange_weak(seen, now);) continue;
      const auto number = note(std::move(told));
      const auto answer = fmt::format("HTTP/1.1 {} X\r\nContent-Length: 0\r\n\r\n", answer_(number));
      --together;  // before the client can see the end
      if (::send(client, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
    }
  }
  /// Waits while it is held.
  std::size_t note(Told told) {
    std::unique_lock lock(mutex_);
    told_.push_back(std::move(told));
    const auto number = told_.size() - 1;
    changed_.wait(lock, [this] { return !is_held_; });
    return number;
  }
  static bool read_request(int client, std::string& text, Told& told) {
    const auto more = [&] {
      std::array<char, 65'536> part{};
      const auto got = ::recv(client, part.data(), part.size(), 0);
      if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
      return got > 0;
    };
    while (text.find("\r\n\r\n") == std::string::npos) {
      if (!more()) return false;
    }
    const auto head_end = text.find("\r\n\r\n");
    told = {};
    for (auto at = text.find("\r\n") + 2; at < head_end + 2;) {
      const auto end = text.find("\r\n", at);
      const auto colon = text.find(": ", at);
      std::string name = text.substr(at, colon - at);
      std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
      told.headers[name] = text.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
    const auto length = static_cast<std::size_t>(std::stoul(told.headers["content-length"]));
    while (text.size() < head_end + 4 + length) {
      if (!more()) return false;
    }
    told.body = text.substr(head_end + 4, length);
    text.erase(0, head_end + 4 + length);
    return true;
  }

  const Answer answer_;
  const int socket_;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_held_ = false;              // guarded by mutex_
  std::vector<Told> told_;            // guarded by mutex_
  std::vector<int> clients_;          // guarded by mutex_
  std::vector<std::thread> threads_;  // guarded by mutex_ until the acceptor has ended
};

}  // namespace xzepr::journal::webhook
