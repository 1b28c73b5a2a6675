#include "cli/import_lanes.hpp"

#include <algorithm>
#include <utility>

namespace xzepr::cli {

class ImportLanes::Lane {
 public:
  Lane(ImportRun run) : run_(std::move(run)), thread_([this] { work(); }) {}

  /// False when the lane has ended with a Failure.
  bool hand_over() {
    std::unique_lock lock(mutex_);
    may_continue_.wait(lock, [this] { return queue_.size() < bulks_max || failure_; });
    if (failure_) return false;
    queue_.push_back(std::exchange(gathered, {}));
    may_continue_.notify_all();
    return true;
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
      may_continue_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }
  /// After close.
  [[nodiscard]] const std::optional<client::Failure>& failure() const { return failure_; }
  [[nodiscard]] const ImportSummary& summary() const { return run_.summary(); }

  std::vector<KeyedLine> gathered;  ///< of the thread that reads

 private:
  static constexpr std::size_t bulks_max = 2;

  void work() {
    while (auto bulk = next_bulk()) {
      if (auto done = run(*std::move(bulk)); !done) return fail(std::move(done).error());
    }
    if (auto done = run_.finish(); !done) fail(std::move(done).error());
  }
  std::optional<std::vector<KeyedLine>> next_bulk() {
    std::unique_lock lock(mutex_);
    may_continue_.wait(lock, [this] { return !queue_.empty() || is_closed_; });
    if (queue_.empty()) return std::nullopt;
    auto bulk = std::move(queue_.front());
    queue_.pop_front();
    may_continue_.notify_all();
    return bulk;
  }
  std::expected<void, client::Failure> run(std::vector<KeyedLine> bulk) {
    for (auto& line : bulk) {
      if (auto added = run_.add(std::move(line)); !added) return added;
    }
    return {};
  }
  void fail(client::Failure failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
    may_continue_.notify_all();
  }

  ImportRun run_;  // of the lane's thread; read by others after close
  std::mutex mutex_;
  std::condition_variable may_continue_;
  std::deque<std::vector<KeyedLine>> queue_;
  bool is_closed_ = false;
  std::optional<client::Failure> failure_;
  std::jthread thread_;  // last: it uses all of the above
};

ImportLanes::ImportLanes(std::vector<ImportRun::Send> sends, const ImportRun::Pause& pause,
                         ImportLimits limits)
    : lines_per_handover_(limits.items_max) {
  for (auto& send : sends)
    lanes_.push_back(std::make_unique<Lane>(ImportRun(std::move(send), pause, limits)));
}

ImportLanes::~ImportLanes() { (void)close(); }

std::expected<void, client::Failure> ImportLanes::add(KeyedLine line) {
  auto& lane = *lanes_[line.artifact % lanes_.size()];
  lane.gathered.push_back(std::move(line));
  if (lane.gathered.size() < lines_per_handover_ || lane.hand_over()) return {};
  return close();
}

std::expected<void, client::Failure> ImportLanes::finish() {
  for (auto& lane : lanes_) {
    if (!lane->gathered.empty() && !lane->hand_over()) break;
  }
  return close();
}

std::expected<void, client::Failure> ImportLanes::close() {
  for (auto& lane : lanes_) lane->close();
  for (const auto& lane : lanes_) {
    if (lane->failure()) return std::unexpected(*lane->failure());
  }
  return {};
}

ImportSummary ImportLanes::summary() const {
  ImportSummary sum;
  for (const auto& lane : lanes_) sum += lane->summary();
  return sum;
}

}  // namespace xzepr::cli
