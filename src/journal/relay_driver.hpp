// Does what a Relay decides, on one loop: asks the store, hands messages to the transport, waits. One per
// sink and process; which process's relay sends is decided by the lease.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/wake.hpp"
#include "journal/relay.hpp"
#include "journal/relay_metrics.hpp"
#include "journal/resends.hpp"
#include "journal/transport.hpp"
#include "store/commit_signal.hpp"
#include "telemetry/log.hpp"

namespace xzepr::journal {

struct RelayOptions {
  std::string sink;
  std::string owner;  ///< of the lease: names this process, and no other ever
  domain::MessageProfile profile = domain::MessageProfile::strict;
  RelaySettings settings = {};
};

struct RelayStatus {
  RelayState state = RelayState::standby;
  std::string why = {};  ///< of backing_off and blocked
  std::int64_t pending = 0;
};

class RelayDriver {
 public:
  struct Parts {
    store::JournalStore& journal;
    store::SinkStore& sinks;
    Transport& transport;
    const Clock& clock;
    IdSource& ids;
    telemetry::Log& log;
    telemetry::Metrics& metrics;
  };

  /// `parts` are those of the loop's shard, and outlive this.
  RelayDriver(asio::io_context& loop, RelayOptions options, Parts parts);

  /// Ends when it was asked to stop, or is cancelled. Runs once.
  [[nodiscard]] Task<> run();
  /// Delivers what is committed as long as `deadline` allows, and gives the lease back; then run() returns.
  /// Any thread.
  void stop(Deadline deadline);
  /// Something was committed here. Any thread, never waits.
  void hear_commit();
  /// Any thread.
  [[nodiscard]] RelayStatus status() const;

 private:
  [[nodiscard]] Task<> step(RelayStep step);
  [[nodiscard]] Task<> ask_store(RelayStep step);
  [[nodiscard]] Task<> take_lease();
  [[nodiscard]] Task<> renew_lease();
  [[nodiscard]] Task<> read();
  [[nodiscard]] Task<> advance();
  [[nodiscard]] Task<> bury();
  [[nodiscard]] Task<> release();
  [[nodiscard]] Task<> measure();
  [[nodiscard]] Task<> look_for_resends();
  [[nodiscard]] Task<> wait();
  void send();
  void take_deliveries();
  void tell();
  [[nodiscard]] store::SinkDriver driver() const;
  [[nodiscard]] bool may_end() const;

  // Constant after construction.
  const RelayOptions options_;
  Parts parts_;

  // The loop's.
  Relay relay_;
  RelayMetrics metrics_;
  Resends resends_;
  RelayState told_ = RelayState::standby;
  bool is_store_away_ = false;
  Instant measure_at_{};
  Instant resend_at_{};
  std::int64_t newest_ = 0;

  // Any thread.
  Wake wake_;
  std::atomic<bool> is_commit_heard_ = false;
  mutable std::mutex mutex_;
  std::optional<Deadline> stop_by_;  // guarded by mutex_
  RelayStatus status_;               // guarded by mutex_
};

}  // namespace xzepr::journal
