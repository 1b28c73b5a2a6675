// Use cases of events. One object per shard.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/event.hpp"
#include "domain/gate.hpp"
#include "json/value.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/event_cache.hpp"
#include "service/event_search.hpp"
#include "service/page.hpp"
#include "store/catalogue_store.hpp"
#include "store/event_store.hpp"

namespace xzepr::service {

/// An event as it was asked for: text not yet cleaned, receiver not yet found.
struct NewEvent {
  std::string name, version, release, platform_id, package;
  std::string description = {};
  json::Value payload = json::Object{};
  bool success = true;
  std::optional<TimePoint> event_start, event_end;
  std::optional<ReceiverId> receiver_id;
  std::optional<std::string> receiver;         ///< "name" or "name@version"
  std::optional<std::string> idempotency_key;  ///< of a batch's item
};

/// A value in the payload: JSON when `text` parses, else a string.
struct PayloadFilter {
  std::string pointer;
  std::string text;
};

struct EventFilter {
  std::optional<std::string> name, version, release, platform_id, package;
  std::optional<std::string> receiver;  ///< id, "name" or "name@version"
  std::optional<bool> success;
  std::optional<std::string> q;
  std::vector<PayloadFilter> payload;
  std::optional<TimePoint> since, until, start_since, end_until;
  store::SortOrder order = store::SortOrder::descending;
};

class EventService {
 public:
  /// With `identities`, a caller whose rights were read at another catalogue revision has them read again
  /// before a write; without, they are taken as known.
  EventService(store::EventStore& events, store::SearchStore& index, store::CatalogueStore& catalogue_store,
               Catalogue& catalogue, const CursorCodec& cursors, IdSource& ids,
               store::IdentityStore* identities = nullptr);

  /// Errors: "permission_denied", "receiver_unknown" (field), "receiver_disabled", "payload_invalid" (all
  /// violations under /payload), "request_invalid" (fields), "idempotency_mismatch", "unavailable",
  /// "deadline_exceeded".
  [[nodiscard]] Task<Result<domain::Appended>> create(const Context& context, NewEvent event,
                                                      std::optional<Idempotency> idempotency);

  /// One result per item, in order; a bad item never fails the others. `idempotency.key` is ignored: items
  /// carry theirs.
  [[nodiscard]] Task<std::vector<Result<domain::Appended>>> create_each(const Context& context,
                                                                        std::vector<NewEvent> events,
                                                                        Idempotency idempotency);
  /// All or none; violations point into "/<index>/...". Items must not carry keys of their own.
  [[nodiscard]] Task<Result<std::vector<domain::Appended>>> create_all(
      const Context& context, std::vector<NewEvent> events, std::optional<Idempotency> idempotency);

  /// "event_unknown" when absent or not visible. Never null.
  [[nodiscard]] Task<Result<std::shared_ptr<const HotEvent>>> get(const Context& context, EventId id);
  /// With q or payload a page may have fewer items than its limit and a `next` all the same.
  [[nodiscard]] Task<Result<Page<domain::Event>>> list(const Context& context, EventFilter filter,
                                                       PageRequest page);

 private:
  struct Item;
  /// Events that stand or fall together, with the rights and the snapshot that they are checked against.
  struct Unit {
    std::vector<NewEvent> events;
    std::vector<EventId> ids;
    std::optional<store::IdempotencyClaim> claim;
    bool is_batch = false;
  };

  Task<Result<Page<domain::Event>>> read_page(const Context& context, const store::EventQuery& query,
                                              const std::optional<domain::EventSearch>& search,
                                              const PageRequest& page, const QueryText& text);
  Task<Result<std::uint64_t>> count(const Context& context, const store::EventQuery& query,
                                    const std::optional<domain::EventSearch>& search);
  Task<Result<std::vector<domain::Appended>>> append(const Context& context, const Unit& unit);
  Result<store::AppendUnit> check(const Context& context, const identity::Principal& caller,
                                  const Snapshot& snapshot, const Unit& unit) const;
  /// True when the store had moved on from `checked`, and the snapshot is a newer one now.
  Task<bool> has_moved_on(const Context& context, const Snapshot& checked);
  Task<Result<std::vector<domain::Appended>>> stored_answers_or(
      Error refusal, const Context& context, const std::optional<store::IdempotencyClaim>& claim);

  std::vector<Item> make_items(const Context& context, std::vector<NewEvent> events,
                               const Idempotency& idempotency);
  Task<> check_items(const Context& context, const identity::Principal& caller, const Snapshot& snapshot,
                     std::vector<Item>& items) const;
  Task<> settle_refused(const Context& context, std::vector<Item>& items);
  Task<std::int64_t> append_items(const Context& context, const Snapshot& snapshot, std::vector<Item>& items);
  Task<> append_each(const Context& context, std::vector<Item>& items);

  store::EventStore& events_;
  EventSearcher searcher_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
  IdSource& ids_;
  store::IdentityStore* identities_;
  EventCache cache_;
};

}  // namespace xzepr::service
