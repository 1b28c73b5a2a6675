// One client of a stream: what comes after its position, as far as its filter and its rights let it through.
// On one shard.
#pragma once

#include <optional>
#include <vector>

#include "api/stream/stream_slots.hpp"
#include "base/clock.hpp"
#include "journal/live/live_reader.hpp"
#include "journal/live/live_start.hpp"
#include "service/lasting_caller.hpp"

namespace xzepr::api::stream {

struct FeedOptions {
  journal::live::Start start;
  domain::MessageFilter filter;
  bool follows = true;  ///< false: it ends behind what was the newest at its start
};

/// What happens next. Neither messages nor an end: there is nothing to say, and the client should hear that
/// somebody is there.
struct FeedStep {
  std::vector<journal::live::Shown> messages = {};
  bool is_end = false;
  std::optional<Error> why = std::nullopt;  ///< of an end that the client did not ask for
};

class LiveFeed {
 public:
  LiveFeed(const journal::live::LivePorts& ports, FeedOptions options, service::LastingCaller caller,
           StreamSlot slot, const Clock& clock);

  /// Waits, but no longer than 15 s.
  [[nodiscard]] Task<FeedStep> next();
  /// Nobody listens any more, or the server ends.
  void stop();

  /// "EPOCH.POSITION": everything up to here was given.
  [[nodiscard]] std::string place() const;

 private:
  [[nodiscard]] Task<std::optional<FeedStep>> step(std::chrono::steady_clock::time_point until);

  const FeedOptions options_;
  journal::live::LiveReader reader_;
  service::LastingCaller caller_;
  StreamSlot slot_;
  const Clock& clock_;
  bool is_stopped_ = false;
};

}  // namespace xzepr::api::stream
