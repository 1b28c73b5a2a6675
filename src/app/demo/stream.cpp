#include "app/demo/stream.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/demo/world.hpp"
#include "base/time_text.hpp"
#include "client/documents.hpp"

namespace xzepr::app::demo {
namespace {

constexpr int first_chapter = 150;
constexpr std::size_t bodies_max = 50;

}  // namespace

Stream::Stream(client::Server server, StreamOptions options, const Clock& clock)
    : options_(options),
      clock_(clock),
      api_(std::move(server), client::make_transport()),
      story_(options.seed),
      run_(to_string(clock.now())) {}

Stream::~Stream() { stop(); }

std::expected<void, client::Failure> Stream::begin() {
  std::vector<client::SourceDocument> documents;
  std::vector<client::SourceFault> faults;
  client::read_documents(documents, faults, "world.yaml", world_documents());
  const auto made = api_.send(client::apply_call(documents, client::DryRun::no, client::Prune::no));
  if (!made) return std::unexpected(made.error());
  for (int i = 0; i < first_chapter; ++i) {
    // Spread over the last hours, the newest just now.
    if (auto posted = post(story_.next(), std::chrono::minutes(first_chapter - i)); !posted) return posted;
  }
  return {};
}

json::Value Stream::body_of(const StoryEvent& told, std::chrono::seconds earlier) {
  const auto known = bodies_.find(told.number);
  if (known != bodies_.end()) return known->second;
  client::NewEvent event = told.event;
  const TimePoint end = clock_.now() - earlier - told.age;
  event.event_end = to_string(end);
  event.event_start = to_string(end - told.duration);
  json::Value body = client::body_of(event);
  bodies_.emplace(told.number, body);
  if (bodies_.size() > bodies_max) bodies_.erase(bodies_.begin());
  return body;
}

std::expected<void, client::Failure> Stream::post(const StoryEvent& told, std::chrono::seconds earlier) {
  const client::Call call{.method = "POST",
                          .path = client::path_of("events"),
                          .body = body_of(told, earlier),
                          .idempotency_key = fmt::format("demo/{}/{}", run_, told.number)};
  const auto answer = api_.send(call);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

void Stream::start() {
  thread_ = std::thread([this] { run(); });
}

void Stream::run() {
  const auto pause = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(1 / options_.events_per_second));
  auto due = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!wakes_.wait_until(lock, due, [this] { return is_stopping_; })) {
    lock.unlock();
    // A server under strain refuses some; the story goes on.
    static_cast<void>(post(story_.next(), std::chrono::seconds{0}));
    lock.lock();
    due = std::max(due + pause, std::chrono::steady_clock::now());
  }
}

void Stream::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  wakes_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace xzepr::app::demo
