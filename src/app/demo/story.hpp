// What happens in the demo: a few services on their way to production, told as events. Pure: the same seed
// tells the same story. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "client/events.hpp"

namespace xzepr::app::demo {

/// Small, and the same everywhere (SplitMix64): for stories, never for secrets.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint64_t roll();
  /// 0 to `bound` - 1.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return roll() % bound; }
  [[nodiscard]] bool in_percent(std::uint64_t percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

struct StoryEvent {
  std::uint64_t number = 0;  ///< of the event; one that is sent again has its first one's
  client::NewEvent event;    ///< without times
  std::chrono::seconds age = std::chrono::seconds{0};  ///< how long ago the step ended: large for a late one
  std::chrono::seconds duration = std::chrono::seconds{0};
  bool is_repeat = false;  ///< the same event again, as a pipeline that is tried again sends it
};

class Story {
 public:
  explicit Story(std::uint64_t seed);

  /// Never ends.
  [[nodiscard]] StoryEvent next();

  /// Of the first delivery, "shop-web@2.4.0": what a person may ask about from the start.
  [[nodiscard]] const std::string& first_artifact() const { return first_artifact_; }

 private:
  struct Delivery {
    std::size_t service = 0;
    std::string version;
    std::string commit;
    std::size_t step = 0;
    bool has_failed = false;  ///< at this step, and is tried again
  };

  [[nodiscard]] Delivery start(std::size_t service);
  [[nodiscard]] StoryEvent tell(Delivery& delivery);
  void go_on(Delivery& delivery, bool is_success);

  Dice dice_;
  std::vector<Delivery> deliveries_;  // one per service
  std::vector<unsigned> releases_;    // so far, by service
  std::deque<StoryEvent> held_;       // late ones and repeats, each told some events later
  std::uint64_t told_ = 0;
  std::uint64_t numbers_ = 0;
  std::string first_artifact_;
};

}  // namespace xzepr::app::demo
