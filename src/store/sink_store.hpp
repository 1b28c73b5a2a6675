// The port of sinks: who drives each and how far it has come, and its dead letters. A driver holds a lease by
// the database's clock; its number, the epoch, fences off drivers that held it before. One object per shard.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "domain/sink.hpp"

namespace xzepr::store {

struct LeaseRequest {
  std::string sink;
  std::string owner;
  std::chrono::milliseconds duration{0};
};
/// What a driver is given: its epoch, and the position to go on from.
struct SinkLease {
  std::int64_t epoch = 0;
  std::int64_t position = 0;

  friend bool operator==(const SinkLease&, const SinkLease&) = default;
};
/// What a driver names itself by afterwards.
struct SinkDriver {
  std::string sink;
  std::int64_t epoch = 0;
};

struct DeadLetterQuery {
  std::string sink;
  std::optional<domain::DeadLetterId> after;  ///< older than this
  std::size_t limit = 50;
};

class SinkStore {
 public:
  virtual ~SinkStore() = default;

  // Each is one transaction and throws Fault when the store is away or out of time. Done twice, each has the
  // effect of once.

  /// A sink that is new begins at position 0. nullopt: another owner has a lease that is not over.
  [[nodiscard]] virtual Task<std::optional<SinkLease>> take_lease(LeaseRequest request,
                                                                  Deadline deadline) = 0;
  /// From now. False: another driver has taken over.
  [[nodiscard]] virtual Task<bool> renew_lease(SinkDriver driver, std::chrono::milliseconds duration,
                                               Deadline deadline) = 0;
  /// Anybody may take it at once. Nothing happens when another driver has it.
  [[nodiscard]] virtual Task<> release_lease(SinkDriver driver, Deadline deadline) = 0;
  /// Moves the position forward, never back. False: another driver has taken over, and nothing was moved. A
  /// process that dies loses no move; a database that does may lose the last ones.
  [[nodiscard]] virtual Task<bool> advance(SinkDriver driver, std::int64_t position, Deadline deadline) = 0;
  /// Stores the letter and moves the position to it, both or neither. False: as above.
  [[nodiscard]] virtual Task<bool> bury(SinkDriver driver, domain::DeadLetter letter, Deadline deadline) = 0;
  /// By name.
  [[nodiscard]] virtual Task<std::vector<domain::Sink>> list_sinks(Deadline deadline) = 0;

  /// Newest first.
  [[nodiscard]] virtual Task<std::vector<domain::DeadLetter>> list_dead_letters(DeadLetterQuery query,
                                                                                Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::uint64_t> count_dead_letters(std::string sink, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<domain::DeadLetter>> find_dead_letter(domain::DeadLetterId id,
                                                                                 Deadline deadline) = 0;
  /// False: there is none of this id.
  [[nodiscard]] virtual Task<bool> request_resend(domain::DeadLetterId id, TimePoint at,
                                                  Deadline deadline) = 0;
  /// Those that somebody asked for, oldest position first.
  [[nodiscard]] virtual Task<std::vector<domain::DeadLetter>> list_resends(std::string sink,
                                                                           std::size_t limit,
                                                                           Deadline deadline) = 0;
  /// Asked for no more: it failed once more, and this is why.
  [[nodiscard]] virtual Task<> give_up_resend(domain::DeadLetterId id, std::string detail,
                                              Deadline deadline) = 0;
  /// Nothing happens when there is none.
  [[nodiscard]] virtual Task<> remove_dead_letter(domain::DeadLetterId id, Deadline deadline) = 0;
};

}  // namespace xzepr::store
