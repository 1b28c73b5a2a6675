// The story, told to a server over its public API at a steady rate, on a thread of its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "app/demo/story.hpp"
#include "base/clock.hpp"
#include "client/api.hpp"

namespace xzepr::app::demo {

struct StreamOptions {
  std::uint64_t seed = 1;
  double events_per_second = 2;
};

class Stream {
 public:
  Stream(client::Server server, StreamOptions options, const Clock& clock);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Makes receivers and gates and tells the first chapter, so that there is something to look at. A Failure
  /// when the server refuses.
  [[nodiscard]] std::expected<void, client::Failure> begin();
  /// Goes on until stop(), which waits for the event under way.
  void start();
  void stop();
  [[nodiscard]] const std::string& first_artifact() const { return story_.first_artifact(); }

 private:
  [[nodiscard]] std::expected<void, client::Failure> post(const StoryEvent& told,
                                                          std::chrono::seconds earlier);
  [[nodiscard]] json::Value body_of(const StoryEvent& told, std::chrono::seconds earlier);
  void run();

  StreamOptions options_;
  const Clock& clock_;
  client::Api api_;
  Story story_;
  std::string run_;  // before each idempotency key: another start is another story
  std::map<std::uint64_t, json::Value> bodies_;  // of the last events, for those that are sent again
  std::mutex mutex_;
  std::condition_variable wakes_;
  bool is_stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace xzepr::app::demo
