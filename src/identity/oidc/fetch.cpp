#include "identity/oidc/fetch.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "identity/oidc/refusal.hpp"

namespace xzepr::identity::oidc {
namespace {

using Answer = Result<http::ClientResponse>;

constexpr std::size_t threads_count = 4;
constexpr std::size_t waiting_max = 64;

struct Waiting {
  http::ClientRequest request;
  std::chrono::steady_clock::time_point asked_at;
  Resume<Answer> resume;
};

Answer ask(http::Client& client, const http::ClientRequest& request) {
  auto answer = client.send(request);
  if (!answer) return provider_unavailable("the provider gives no answer: " + answer.error().detail);
  return answer;
}

}  // namespace

http::ClientRequest json_request(std::string url, std::string_view bearer) {
  http::ClientRequest request{.url = std::move(url), .headers = {{"Accept", "application/json"}}};
  if (!bearer.empty()) request.headers.emplace_back("Authorization", fmt::format("Bearer {}", bearer));
  return request;
}

struct HttpFetcher::State {
  std::string ca_file;
  std::chrono::milliseconds patience{};
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Waiting> waiting;  // guarded by mutex
  bool is_ending = false;       // guarded by mutex
  std::array<std::thread, threads_count> threads;

  void work();
  bool push(Waiting& item);
};

// False when there is no room; the item is the caller's still.
bool HttpFetcher::State::push(Waiting& item) {
  const std::lock_guard lock(mutex);
  if (is_ending || waiting.size() >= waiting_max) return false;
  waiting.push_back(std::move(item));
  changed.notify_one();
  return true;
}

void HttpFetcher::State::work() {
  http::Client client;
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [this] { return is_ending || !waiting.empty(); });
    if (waiting.empty()) return;
    auto item = std::move(waiting.front());
    waiting.pop_front();
    const bool is_late = is_ending || std::chrono::steady_clock::now() - item.asked_at > patience;
    lock.unlock();
    item.resume(is_late ? Answer(provider_unavailable("the provider is too slow"))
                        : ask(client, item.request));
    lock.lock();
  }
}

HttpFetcher::HttpFetcher(std::string ca_file, std::chrono::milliseconds patience)
    : state_(std::make_unique<State>()) {
  state_->ca_file = std::move(ca_file);
  state_->patience = patience;
  for (auto& thread : state_->threads) thread = std::thread([this] { state_->work(); });
}

HttpFetcher::~HttpFetcher() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
  }
  state_->changed.notify_all();
  for (auto& thread : state_->threads) thread.join();
}

Task<Answer> HttpFetcher::fetch(http::ClientRequest request) {
  request.timeout = state_->patience;
  request.answer_bytes_max = answer_bytes_max;
  request.ca_file = state_->ca_file;
  auto& state = *state_;
  const auto asked_at = std::chrono::steady_clock::now();
  co_return co_await suspend<Answer>([&](Resume<Answer> resume) {
    Waiting item{.request = std::move(request), .asked_at = asked_at, .resume = std::move(resume)};
    if (!state.push(item)) item.resume(provider_unavailable("too many logins wait for the provider"));
  });
}

}  // namespace xzepr::identity::oidc
