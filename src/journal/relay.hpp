// Hands the journal to one transport, in order and without a gap, as a pure state machine: it is asked what
// to do next, and told what came of it. The driver does it; it knows neither clock nor store nor network.
//
// - One driver at a time has the sink's lease. It begins at the durable position, sends every row in order,
// and
//   moves the position behind what is delivered without a gap. So a crash repeats messages and loses none.
// - After any failure of the transport it begins again behind the last row up to which all is delivered.
// - A row that is refused holds everything up until it is sent again and delivered, or a dead letter: for
// less
//   than a second, so order within a key is kept without a book about keys. A transport delivers no later
//   message of its key meanwhile; if one did, the row would be a dead letter at once, not out of order.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/cloud_event.hpp"
#include "journal/transport.hpp"
#include "store/journal_store.hpp"
#include "store/sink_store.hpp"

namespace xzepr::journal {

using Instant = std::chrono::steady_clock::time_point;

struct RelaySettings {
  // What is on the way, and what is delivered and not noted yet, is sent again after a crash.
  std::size_t read_rows_max = 512;
  std::size_t read_bytes_max = 1'048'576;
  std::size_t flight_rows_max = 1'024;
  std::int64_t advance_rows = 64;
  std::size_t flight_bytes_max = 8 * 1'048'576;
  std::chrono::milliseconds lease{6'000};
  std::chrono::milliseconds lease_sure{4'500};  ///< after this without renewal it may be another's
  std::chrono::milliseconds renew_every{2'000};
  std::chrono::milliseconds take_every{2'000};
  std::chrono::milliseconds poll_every{100};
  // Between a read that found the end and the next: what is committed meanwhile goes out together, which
  // costs the other side far less. The first after a quiet moment does not wait.
  std::chrono::milliseconds read_pause{25};
  std::chrono::milliseconds advance_every{100};
  std::int64_t tries_max = 3;  ///< of a refused row
  std::chrono::milliseconds try_pause{100};
  std::chrono::milliseconds back_off_min{100};
  std::chrono::milliseconds back_off_max{4'000};
  // Far behind it does not take all there is to take while others create, who would feel it: so many rows a
  // second, or more when the backlog would take longer than catch_up_time, and twice what is being created.
  std::int64_t behind_rows = 2'000;
  std::int64_t catch_up_rate = 8'000;
  std::chrono::seconds catch_up_time{10};
  std::chrono::milliseconds store_pause_max{500};  ///< less than what a lease is sure beyond a renewal
};

enum class RelayStep : std::uint8_t {
  take_lease,
  renew_lease,
  start,    ///< the transport
  stop,     ///< the transport
  read,     ///< range()
  send,     ///< each of to_send()
  advance,  ///< to acknowledged()
  bury,     ///< letter()
  wait,     ///< until wake_at(), or a change
};

enum class RelayState : std::uint8_t {
  standby,  ///< another driver has the lease
  running,
  backing_off,  ///< the other side fails or does not answer, and is tried again
  blocked,      ///< it waits for somebody to change something, and is tried again
};
[[nodiscard]] std::string_view to_string(RelayState state);

class Relay {
 public:
  Relay(RelaySettings settings, domain::MessageProfile profile) : settings_(settings), profile_(profile) {}

  [[nodiscard]] RelayStep next(Instant now);
  [[nodiscard]] Instant wake_at(Instant now) const;

  // What came of a step. `asked` is when the call to the store began.
  void taken(const std::optional<store::SinkLease>& lease, Instant asked);
  void renewed(bool is_mine, Instant asked);
  void started();
  void stopped();
  void have_read(std::vector<domain::JournalEntry> entries, Instant now);
  void sent();
  void send_full(Instant now);
  void advanced(bool is_mine, std::int64_t position, Instant now);
  void buried(bool is_mine);
  /// The step in hand could not be done; it is asked for again a moment later.
  void store_failed(Instant now);

  // What happens meanwhile.
  void delivered(const Delivery& delivery, Instant now);
  void commit_heard() { is_commit_heard_ = true; }
  /// The journal's newest position, now and then.
  void measured(std::int64_t newest, Instant now);

  // What the steps need.
  [[nodiscard]] store::JournalRange range() const;
  /// The next message to hand over; null: there is none.
  [[nodiscard]] const domain::Message* to_send() const;
  /// When a row that is on its way was committed.
  [[nodiscard]] std::optional<TimePoint> committed_at(std::int64_t position) const;
  [[nodiscard]] std::int64_t acknowledged() const { return acknowledged_; }
  /// Of the row that is to become a dead letter; id, sink and time are the driver's to add.
  [[nodiscard]] domain::DeadLetter letter() const;

  [[nodiscard]] RelayState state() const;
  [[nodiscard]] const std::string& why() const { return why_; }  ///< of backing_off and blocked
  [[nodiscard]] std::optional<std::int64_t> epoch() const;
  [[nodiscard]] std::int64_t durable() const { return durable_; }
  /// Everything that was there at the last read is delivered, and the position says so.
  [[nodiscard]] bool is_caught_up() const;
  [[nodiscard]] bool is_driving() const { return lease_.has_value(); }

 private:
  enum class Stage : std::uint8_t { waiting, sent, refused, done };
  struct Flight {
    domain::Message message;  // position is set in any case
    domain::JournalKind kind = domain::JournalKind::event_created;
    TimePoint at;
    Stage stage = Stage::waiting;
    std::int64_t tries = 0;
    domain::DeadLetterCause cause = domain::DeadLetterCause::refused;
    std::string why = {};
  };

  [[nodiscard]] Flight flight_of(const domain::JournalEntry& entry) const;
  [[nodiscard]] const Flight* find(std::int64_t position) const;
  [[nodiscard]] Flight* find(std::int64_t position);
  [[nodiscard]] const Flight* first_refused() const;
  [[nodiscard]] bool is_followed_by_key(const Flight& refused) const;
  void remember_refused();
  [[nodiscard]] bool is_held_up() const;
  [[nodiscard]] RelayStep next_when_held_up(Instant now) const;
  [[nodiscard]] const Flight* next_to_send() const;
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] bool wants_to_read(Instant now) const;
  void keep_pace(std::size_t rows, Instant now);
  [[nodiscard]] bool wants_to_advance(Instant now) const;
  void set_stage(Flight& flight, Stage stage);
  void settle();
  void forget_flights();
  void lose_lease(Instant retry_at);
  void fail(RelayState state, const std::string& why, Instant now);

  const RelaySettings settings_;
  const domain::MessageProfile profile_;

  // The lease.
  std::optional<store::SinkLease> lease_;
  Instant sure_until_{};
  Instant renew_at_{};
  Instant take_at_{};

  // Positions: durable_ <= acknowledged_ <= read_through_.
  std::int64_t durable_ = 0;
  std::int64_t acknowledged_ = 0;  // every row up to here is done
  std::int64_t read_through_ = 0;
  std::deque<Flight> flights_;  // the rows after acknowledged_, up to read_through_
  std::size_t unsent_ = 0;      // index of the first that waits
  std::size_t sent_count_ = 0;
  std::size_t refused_count_ = 0;
  std::size_t flight_bytes_ = 0;
  std::map<std::int64_t, Flight> refused_before_;  // by position: before the transport began again

  // The transport.
  bool is_started_ = false;
  bool is_broken_ = false;
  RelayState failed_as_ = RelayState::running;
  std::string why_;
  std::uint32_t failures_ = 0;
  Instant start_at_{};
  Instant send_at_{};
  Instant try_at_{};

  // Reading and the position.
  bool is_commit_heard_ = false;
  bool is_more_likely_ = true;
  Instant poll_at_{};
  Instant read_at_{};
  Instant pace_at_{};  // not read before, while it catches up
  std::int64_t newest_ = 0;
  Instant measured_at_{};
  std::int64_t pace_ = 0;  // rows a second; 0: as fast as may be
  Instant advance_at_{};

  // The store.
  std::uint32_t store_failures_ = 0;
  Instant store_at_{};
};

}  // namespace xzepr::journal
