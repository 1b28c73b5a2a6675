// The bounded queue before the writer, and the rule by which batches are cut from it. Shards offer, the
// writer's loop takes; each function says who may call it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include "base/task.hpp"
#include "store/event_store.hpp"

namespace xzepr::store {

/// How much of a batch or of the queue something takes.
struct AppendLoad {
  std::size_t events = 0;
  std::size_t bytes = 0;
  std::size_t checks = 0;

  void add(const AppendLoad& other);
  void remove(const AppendLoad& other);
  [[nodiscard]] bool fits_batch_with(const AppendLoad& other) const;
  [[nodiscard]] bool fits_queue_with(const AppendLoad& other) const;
};
[[nodiscard]] AppendLoad load_of(const AppendUnit& unit);

/// One unit with who waits for its answer: on `home`, or wherever it is known.
struct PendingUnit {
  AppendUnit unit;
  AppendLoad load;
  std::optional<Executor> home;
  Resume<AppendOutcome> resume;
};
using Batch = std::vector<PendingUnit>;
[[nodiscard]] std::vector<domain::ArtifactId> artifacts_of(const Batch& batch);

/// The answers of one turn, handed out with one wake-up per home. One thread.
class AppendAnswers {
 public:
  void add(PendingUnit& pending, AppendOutcome outcome);
  /// Hands out all; returns how many.
  std::size_t send();

 private:
  struct Answer {
    Resume<AppendOutcome> resume;
    AppendOutcome outcome;
  };
  struct Group {
    std::optional<Executor> home;
    std::vector<Answer> answers;
  };
  static void give(std::vector<Answer>& answers);

  std::vector<Group> groups_;
};

class AppendQueue {
 public:
  /// `lanes`: with several, no artifact is given out again before its batch is done.
  explicit AppendQueue(std::size_t lanes) : has_lanes_(lanes > 1) {}

  // Any thread.
  /// Takes the units or refuses them one by one. True: the caller must wake the loop.
  [[nodiscard]] bool offer(Batch units);
  /// Refuses what comes from now on.
  void close();
  /// True when every unit accepted was answered before `deadline`.
  [[nodiscard]] bool wait_until_answered(Deadline deadline);
  /// From now on next_batch() answers instead of giving out. The loop must be woken.
  void abandon();

  // The loop.
  /// The next batch in queue order, within the bounds of limits.hpp; a unit larger than they are comes alone.
  /// Units out of time are answered. Empty: nothing can be given out now.
  [[nodiscard]] Batch next_batch(std::size_t units_max = std::numeric_limits<std::size_t>::max());
  /// Of a batch given out: its artifacts_of().
  void done(std::span<const domain::ArtifactId> artifacts);
  void answered(std::size_t units);
  /// The loop goes to sleep until `units` units wait in all. False: they are there already.
  [[nodiscard]] bool sleep_until(std::size_t units);
  /// The loop is awake and looks into the queue by itself.
  void stay_awake();
  /// Units that wait, those included that the loop has not yet seen.
  [[nodiscard]] std::size_t size();
  [[nodiscard]] std::size_t events();

 private:
  void take_inbox();
  void refuse_waiting();
  [[nodiscard]] bool is_held(const AppendUnit& unit,
                             const std::unordered_set<domain::ArtifactId>& held) const;
  [[nodiscard]] std::optional<Error> reason_to_refuse(const AppendLoad& load) const;

  // Constant after construction.
  const bool has_lanes_;

  // Any thread, guarded by mutex_.
  std::mutex mutex_;
  std::condition_variable all_answered_;
  Batch inbox_;
  AppendLoad queued_;           // in the inbox or waiting
  std::size_t unanswered_ = 0;  // units accepted and not answered yet
  std::size_t wake_at_ = 1;     // the inbox's size at which the loop is woken
  bool is_closed_ = false;
  bool is_abandoned_ = false;

  // The loop's.
  std::deque<PendingUnit> waiting_;
  std::unordered_set<domain::ArtifactId> in_flight_;  // with several lanes only
};

}  // namespace xzepr::store
