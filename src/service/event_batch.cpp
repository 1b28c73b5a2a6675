// The batch of which each item stands alone: EventService::create_each and what only it needs.
#include <algorithm>

#include "base/limits.hpp"
#include "json/object_reader.hpp"
#include "service/catalogue_change.hpp"
#include "service/event_check.hpp"
#include "service/event_service.hpp"
#include "service/idempotency.hpp"
#include "service/refusals.hpp"
#include "service/rights.hpp"

namespace xzepr::service {
namespace {

// A batch of 10,000 schemas' worth of work must not keep the shard's other requests waiting.
constexpr std::size_t checks_between_pauses = 100;

Error bad_key() {
  std::vector<Violation> faults;
  faults.push_back({.pointer = "/idempotency_key",
                    .keyword = "pattern",
                    .message = "must be 1 to 255 visible ASCII characters"});
  return json::request_invalid(std::move(faults));
}

}  // namespace

// `result` is set once the item is settled; `checked` or `refusal` is what the present try says.
struct EventService::Item {
  NewEvent event;
  EventId id;
  std::optional<store::IdempotencyClaim> claim;
  std::optional<domain::Event> checked;
  std::optional<Error> refusal;
  std::optional<Result<domain::Appended>> result;
};

std::vector<EventService::Item> EventService::make_items(const Context& context, std::vector<NewEvent> events,
                                                         const Idempotency& idempotency) {
  std::vector<Item> items;
  items.reserve(events.size());
  for (auto& event : events) {
    Item item;
    item.id = EventId{ids_.next(context.now)};
    if (event.idempotency_key && is_idempotency_key(*event.idempotency_key)) {
      item.claim =
          store::IdempotencyClaim{.key = store::idempotency_key_id(context.principal->user_id,
                                                                   idempotency.route, *event.idempotency_key),
                                  .body_hash = content_hash(event)};
    } else if (event.idempotency_key) {
      item.result = std::unexpected(bad_key());
    }
    item.event = std::move(event);
    items.push_back(std::move(item));
  }
  return items;
}

Task<> EventService::check_items(const Context& context, const identity::Principal& caller,
                                 const Snapshot& snapshot, std::vector<Item>& items) const {
  auto allowed = identity::require(caller, identity::Permission::event_create);
  const EventCheckInput input{.principal = caller, .snapshot = *snapshot, .now = context.now};
  std::size_t checks = 0;
  for (auto& item : items) {
    if (item.result) continue;
    item.checked.reset();
    item.refusal.reset();
    if (!allowed) {
      item.refusal = allowed.error();
      continue;
    }
    auto event = check_event(input, item.event, item.id);
    if (event) {
      item.checked = *std::move(event);
    } else {
      item.refusal = std::move(event).error();
    }
    if (++checks % checks_between_pauses == 0)
      co_await sleep_for(std::chrono::steady_clock::duration::zero());
  }
}

Task<> EventService::settle_refused(const Context& context, std::vector<Item>& items) {
  for (auto& item : items) {
    if (item.result || !item.refusal) continue;
    Error refusal = *std::move(item.refusal);
    auto answers = co_await stored_answers_or(std::move(refusal), context, item.claim);
    if (answers) {
      item.result = std::move(answers->front());
    } else {
      item.result = std::unexpected(std::move(answers).error());
    }
  }
}

// Returns the revision to reach before the next try; the items without a result wait for it.
Task<std::int64_t> EventService::append_items(const Context& context, const Snapshot& snapshot,
                                              std::vector<Item>& items) {
  std::vector<Item*> sent;
  std::vector<store::AppendUnit> units;
  for (auto& item : items) {
    if (item.result || !item.checked) continue;
    store::AppendUnit unit{.events = {},
                           .claim = item.claim,
                           .catalogue = CompiledCatalogue::domain_of(snapshot),
                           .deadline = context.deadline};
    unit.events.push_back(*std::move(item.checked));
    units.push_back(std::move(unit));
    sent.push_back(&item);
  }
  std::int64_t revision = 0;
  if (units.empty()) co_return revision;
  auto outcomes = co_await events_.append_each(std::move(units));
  for (std::size_t i = 0; i < sent.size(); ++i) {
    auto& outcome = outcomes[i];
    if (auto* answers = std::get_if<std::vector<domain::Appended>>(&outcome)) {
      sent[i]->result = std::move(answers->front());
    } else if (auto* error = std::get_if<Error>(&outcome)) {
      sent[i]->result = std::unexpected(std::move(*error));
    } else {
      revision = std::max(revision, std::get<store::StaleCatalogue>(outcome).revision);
    }
  }
  co_return revision;
}

Task<> EventService::append_each(const Context& context, std::vector<Item>& items) {
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    const Snapshot snapshot = catalogue_.snapshot();
    auto caller = co_await caller_at(context, snapshot->catalogue->revision(), identities_);
    if (!caller) {
      for (auto& item : items) {
        if (!item.result) item.result = std::unexpected(caller.error());
      }
      co_return;
    }
    co_await check_items(context, **caller, snapshot, items);
    const bool has_refused =
        std::ranges::any_of(items, [](const Item& item) { return !item.result && item.refusal.has_value(); });
    if (has_refused) {
      // Nothing is appended before the refusals are known to be of today: items keep their order.
      const bool moved = co_await has_moved_on(context, snapshot);
      if (moved) continue;
      co_await settle_refused(context, items);
    }
    const std::int64_t revision = co_await append_items(context, snapshot, items);
    const bool is_done = std::ranges::all_of(items, [](const Item& item) { return item.result.has_value(); });
    if (is_done) co_return;
    co_await catalogue_.refresh_to(revision, catalogue_store_, context.deadline);
  }
}

Task<std::vector<Result<domain::Appended>>> EventService::create_each(const Context& context,
                                                                      std::vector<NewEvent> events,
                                                                      Idempotency idempotency) {
  auto items = make_items(context, std::move(events), idempotency);
  co_await append_each(context, items);
  std::vector<Result<domain::Appended>> results;
  results.reserve(items.size());
  for (auto& item : items) {
    if (!item.result) item.result = std::unexpected(catalogue_too_busy());
    results.push_back(*std::move(item.result));
  }
  co_return results;
}

}  // namespace xzepr::service
