// The port of events: append and read. One object per shard; use on that shard only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/deadline.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "crypto/digest.hpp"
#include "domain/catalogue.hpp"
#include "domain/event.hpp"
#include "domain/gate.hpp"

namespace xzepr::store {

/// An idempotency key within its user and route, as what stores keep of the three: 16 bytes whatever their
/// lengths, so that the index of keys stays small.
using KeyId = Id<struct IdempotencyKeyTag>;
/// The first 16 bytes of SHA-256 over all three. Thread-safe.
[[nodiscard]] KeyId idempotency_key_id(UserId user, std::string_view route, std::string_view key);

/// An idempotency key as it is claimed; the body is compared by its hash.
struct IdempotencyClaim {
  KeyId key;
  crypto::Sha256 body_hash{};

  friend bool operator==(const IdempotencyClaim&, const IdempotencyClaim&) = default;
};

/// Events that commit all or none, checked against one catalogue snapshot. Ids are minted once, by the
/// caller, so that a batch whose commit is unknown can be tried again.
struct AppendUnit {
  std::vector<domain::Event> events;      ///< at least one
  std::optional<IdempotencyClaim> claim;  ///< covers the whole unit
  std::shared_ptr<const domain::Catalogue> catalogue;
  Deadline deadline;
};

/// The catalogue moved on while the unit waited: check it again against revision `revision` or later, and
/// append again.
struct StaleCatalogue {
  std::int64_t revision = 0;
};

/// One Appended per event; or stale; or an Error: "idempotency_mismatch", "unavailable" (queue full, store
/// away), "storage_full", "deadline_exceeded", or "event_refused" when the store refuses this very unit.
using AppendOutcome = std::variant<std::vector<domain::Appended>, StaleCatalogue, Error>;

enum class SortOrder : std::uint8_t { ascending, descending };  // by id

/// A page of events by id. `receivers` is what the caller may see or asked for; nullopt: all.
struct EventQuery {
  std::optional<std::string> name, version, release, platform_id, package;
  std::optional<std::vector<ReceiverId>> receivers;
  std::optional<bool> success;
  std::optional<TimePoint> since, until;            ///< on created_at, half-open
  std::optional<TimePoint> start_since, end_until;  ///< event_start >= start_since, event_end < end_until
  SortOrder order = SortOrder::descending;
  std::optional<EventId> after;  ///< the last id of the page before, exclusive
  std::size_t limit = 50;        ///< ask for one more than the page to learn whether there is a next
};

class EventStore {
 public:
  virtual ~EventStore() = default;

  /// Durable when it returns; shares its commit with whatever else is waiting. Throws nothing.
  [[nodiscard]] virtual Task<AppendOutcome> append(AppendUnit unit) = 0;
  /// Each unit on its own, in order; the answers in the same order.
  [[nodiscard]] virtual Task<std::vector<AppendOutcome>> append_each(std::vector<AppendUnit> units) = 0;

  /// The answer stored under the key, Errc::idempotency_mismatch when its body was another, nullopt when
  /// unused.
  [[nodiscard]] virtual Task<Result<std::optional<std::string>>> find_replay(IdempotencyClaim claim,
                                                                             Deadline deadline) = 0;

  // Reads throw Fault when the store is away; out of time is Fault::Kind::unavailable as well.
  [[nodiscard]] virtual Task<std::optional<domain::Event>> find(EventId id, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::vector<domain::Event>> list(EventQuery query, Deadline deadline) = 0;
  /// How many there are on all pages: order, after and limit do not count.
  [[nodiscard]] virtual Task<std::uint64_t> count(EventQuery query, Deadline deadline) = 0;
};

}  // namespace xzepr::store
