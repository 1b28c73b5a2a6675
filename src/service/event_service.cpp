#include "service/event_service.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/object_reader.hpp"
#include "json/parse.hpp"
#include "json/pointer.hpp"
#include "service/catalogue_change.hpp"
#include "service/event_check.hpp"
#include "service/idempotency.hpp"
#include "service/lookup.hpp"
#include "service/refusals.hpp"
#include "service/rights.hpp"

namespace xzepr::service {
namespace {

constexpr std::size_t violations_max = 100;

QueryText query_text(const identity::Principal& principal, const EventFilter& filter) {
  QueryText out("events", principal.user_id);
  out.add("name", filter.name).add("version", filter.version).add("release", filter.release);
  out.add("platform_id", filter.platform_id).add("package", filter.package).add("receiver", filter.receiver);
  out.add("success", filter.success).add("since", filter.since).add("until", filter.until);
  out.add("start_since", filter.start_since).add("end_until", filter.end_until);
  out.add("q", filter.q);
  for (const auto& one : filter.payload)
    out.add("payload", std::optional(one.pointer)).add("equals", std::optional(one.text));
  out.add("ascending", std::optional<bool>(filter.order == store::SortOrder::ascending));
  return out;
}

Result<store::EventQuery> clean_query(const EventFilter& filter) {
  std::vector<Violation> faults;
  store::EventQuery query;
  query.name = filter.name;
  query.version = filter.version;
  query.release = filter.release;
  query.platform_id = filter.platform_id;
  query.package = filter.package;
  clean_filter(query.name, "name", limits::name_length_max, faults);
  clean_filter(query.version, "version", limits::version_length_max, faults);
  clean_filter(query.release, "release", limits::version_length_max, faults);
  clean_filter(query.platform_id, "platform_id", limits::name_length_max, faults);
  clean_filter(query.package, "package", limits::name_length_max, faults);
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  query.success = filter.success;
  query.since = filter.since;
  query.until = filter.until;
  query.start_since = filter.start_since;
  query.end_until = filter.end_until;
  query.order = filter.order;
  return query;
}

// Why a filter of the payload cannot be used, "" when it can.
std::string fault_of(const PayloadFilter& filter) {
  if (filter.pointer.empty() || !json::is_pointer(filter.pointer))
    return "must name a JSON Pointer, for example payload./critical_count";
  for (const auto& text : {filter.pointer, filter.text}) {
    if (text.size() > limits::payload_filter_bytes_max)
      return fmt::format("must have at most {} bytes", limits::payload_filter_bytes_max);
    if (!is_valid_utf8(text) || text.contains('\0')) return "must be UTF-8 without U+0000";
  }
  return {};
}

void check_payload(const std::vector<PayloadFilter>& filters, std::vector<Violation>& faults) {
  if (filters.size() > limits::payload_filters_max) {
    faults.push_back({.pointer = "/payload",
                      .keyword = "maxItems",
                      .message = fmt::format("must have at most {}", limits::payload_filters_max)});
  }
  for (const auto& filter : filters) {
    auto message = fault_of(filter);
    if (message.empty()) continue;
    Violation fault{.pointer = {}, .keyword = "payload", .message = std::move(message)};
    json::append_token(fault.pointer, "payload." + shown(filter.pointer));
    faults.push_back(std::move(fault));
  }
}

// nullopt: nothing is searched for.
Result<std::optional<domain::EventSearch>> search_of(const EventFilter& filter) {
  std::vector<Violation> faults;
  auto words = filter.q;
  clean_search(words, faults);
  check_payload(filter.payload, faults);
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  std::vector<domain::PayloadCondition> conditions;
  for (const auto& [pointer, text] : filter.payload) {
    auto value = json::parse(text);
    conditions.push_back({.pointer = pointer, .value = value ? *std::move(value) : json::Value(text)});
  }
  std::optional search(domain::EventSearch(words.value_or(""), std::move(conditions)));
  if (search->is_empty()) search.reset();
  return search;
}

// The receivers whose events may be shown: those asked for, among those visible. nullopt: all.
Result<std::optional<std::vector<ReceiverId>>> receivers_of(const identity::Principal& principal,
                                                            const domain::Catalogue& catalogue,
                                                            const std::optional<std::string>& asked) {
  auto visible = identity::visible_receivers(principal, catalogue);
  if (!asked) return visible;
  auto matching = matching_receivers(catalogue, *asked);
  if (visible) {
    std::erase_if(matching, [&](ReceiverId id) { return std::ranges::find(*visible, id) == visible->end(); });
  }
  if (matching.empty()) return std::unexpected(receiver_unknown_in("receiver", *asked));
  return std::optional(std::move(matching));
}

// The refusal of one item of a batch that stands or falls together, told about the whole.
Error refusal_of_item(Error error, std::size_t index) {
  prefix_pointers(error.violations, fmt::format("/{}", index));
  error.detail = fmt::format("item {}: {}", index, error.detail);
  if (!error.field.empty()) error.field = fmt::format("{}/{}", index, error.field);
  return error;
}

// All faults of all items in one answer; what is no fault of the input (rights, state) stands alone and
// first.
void merge_refusal(std::optional<Error>& merged, Error next) {
  if (!merged) {
    merged = std::move(next);
    return;
  }
  if (merged->kind != Errc::invalid) return;
  if (next.kind != Errc::invalid) {
    merged = std::move(next);
    return;
  }
  if (merged->code != next.code) merged->code = "request_invalid";
  const std::size_t room = violations_max - std::min(violations_max, merged->violations.size());
  const auto taken = static_cast<std::ptrdiff_t>(std::min(room, next.violations.size()));
  std::move(next.violations.begin(), next.violations.begin() + taken, std::back_inserter(merged->violations));
}

}  // namespace

EventService::EventService(store::EventStore& events, store::SearchStore& index,
                           store::CatalogueStore& catalogue_store, Catalogue& catalogue,
                           const CursorCodec& cursors, IdSource& ids, store::IdentityStore* identities)
    : events_(events),
      searcher_(events, index),
      catalogue_store_(catalogue_store),
      catalogue_(catalogue),
      cursors_(cursors),
      ids_(ids),
      identities_(identities) {}

Result<store::AppendUnit> EventService::check(const Context& context, const identity::Principal& caller,
                                              const Snapshot& snapshot, const Unit& unit) const {
  store::AppendUnit out{.events = {},
                        .claim = unit.claim,
                        .catalogue = CompiledCatalogue::domain_of(snapshot),
                        .deadline = context.deadline};
  auto allowed = identity::require(caller, identity::Permission::event_create);
  if (!allowed) return std::unexpected(std::move(allowed).error());
  std::optional<Error> refusal;
  out.events.reserve(unit.events.size());
  const EventCheckInput input{.principal = caller, .snapshot = *snapshot, .now = context.now};
  for (std::size_t i = 0; i < unit.events.size(); ++i) {
    auto event = check_event(input, unit.events[i], unit.ids[i]);
    if (event) {
      out.events.push_back(*std::move(event));
    } else if (unit.is_batch) {
      merge_refusal(refusal, refusal_of_item(std::move(event).error(), i));
    } else {
      refusal = std::move(event).error();
    }
  }
  if (refusal) return std::unexpected(*std::move(refusal));
  return out;
}

Task<bool> EventService::has_moved_on(const Context& context, const Snapshot& checked) {
  co_await catalogue_.refresh(catalogue_store_, context.deadline);
  co_return catalogue_.snapshot()->catalogue->revision() != checked->catalogue->revision();
}

Task<Result<std::vector<domain::Appended>>> EventService::stored_answers_or(
    Error refusal, const Context& context, const std::optional<store::IdempotencyClaim>& claim) {
  if (!claim) co_return std::unexpected(std::move(refusal));
  auto stored = co_await events_.find_replay(*claim, context.deadline);
  if (!stored) co_return std::unexpected(std::move(stored).error());
  if (!*stored) co_return std::unexpected(std::move(refusal));
  co_return replayed_answers(**stored);
}

Task<Result<std::vector<domain::Appended>>> EventService::append(const Context& context, const Unit& unit) {
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    const Snapshot snapshot = catalogue_.snapshot();
    auto caller = co_await caller_at(context, snapshot->catalogue->revision(), identities_);
    if (!caller) co_return std::unexpected(std::move(caller).error());

    auto checked = check(context, **caller, snapshot, unit);
    if (!checked) {
      // A refusal counts only when it was made on what the store says now.
      const bool moved = co_await has_moved_on(context, snapshot);
      if (moved) continue;
      Error refusal = std::move(checked).error();
      co_return co_await stored_answers_or(std::move(refusal), context, unit.claim);
    }
    store::AppendOutcome outcome = co_await events_.append(*std::move(checked));
    if (auto* answers = std::get_if<std::vector<domain::Appended>>(&outcome)) co_return std::move(*answers);
    if (auto* error = std::get_if<Error>(&outcome)) co_return std::unexpected(std::move(*error));
    const std::int64_t revision = std::get<store::StaleCatalogue>(outcome).revision;
    co_await catalogue_.refresh_to(revision, catalogue_store_, context.deadline);
  }
  co_return std::unexpected(catalogue_too_busy());
}

Task<Result<domain::Appended>> EventService::create(const Context& context, NewEvent event,
                                                    std::optional<Idempotency> idempotency) {
  Unit unit;
  unit.events.push_back(std::move(event));
  unit.ids.push_back(EventId{ids_.next(context.now)});
  unit.claim = claim_of(context, idempotency);
  auto answers = co_await append(context, unit);
  if (!answers) co_return std::unexpected(std::move(answers).error());
  co_return std::move(answers->front());
}

Task<Result<std::vector<domain::Appended>>> EventService::create_all(const Context& context,
                                                                     std::vector<NewEvent> events,
                                                                     std::optional<Idempotency> idempotency) {
  std::vector<Violation> faults;
  if (events.empty())
    faults.push_back({.pointer = "", .keyword = "minItems", .message = "must have an event"});
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!events[i].idempotency_key) continue;
    faults.push_back({.pointer = fmt::format("/{}/idempotency_key", i),
                      .keyword = "atomic",
                      .message = "an atomic batch has one key, in the Idempotency-Key header"});
  }
  if (!faults.empty()) co_return std::unexpected(json::request_invalid(std::move(faults)));
  Unit unit;
  unit.is_batch = true;
  unit.events = std::move(events);
  for (std::size_t i = 0; i < unit.events.size(); ++i) unit.ids.push_back(EventId{ids_.next(context.now)});
  unit.claim = claim_of(context, idempotency);
  co_return co_await append(context, unit);
}

Task<Result<std::shared_ptr<const HotEvent>>> EventService::get(const Context& context, EventId id) {
  auto allowed = identity::require(*context.principal, identity::Permission::event_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  auto kept = cache_.find(id);
  if (!kept) {
    auto event = co_await events_.find(id, context.deadline);
    if (!event) co_return std::unexpected(event_unknown(to_string(id)));
    kept = cache_.keep(*std::move(event));
  }
  if (identity::sees_all(*context.principal)) co_return kept;

  Snapshot snapshot = catalogue_.snapshot();
  const auto receiver_id = kept->event.receiver_id;
  if (snapshot->catalogue->find_receiver(receiver_id) == nullptr) {
    co_await catalogue_.refresh(catalogue_store_, context.deadline);
    snapshot = catalogue_.snapshot();
  }
  const auto* receiver = snapshot->catalogue->find_receiver(receiver_id);
  const bool is_visible =
      receiver != nullptr && identity::may_see(*context.principal, *receiver, *snapshot->catalogue);
  if (!is_visible) co_return std::unexpected(event_unknown(to_string(id)));
  co_return kept;
}

Task<Result<Page<domain::Event>>> EventService::list(const Context& context, EventFilter filter,
                                                     PageRequest page) {
  const auto& principal = *context.principal;
  auto allowed = identity::require(principal, identity::Permission::event_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  const QueryText text = query_text(principal, filter);
  auto after = id_position_of<EventId>(page, cursors_, text);
  if (!after) co_return std::unexpected(std::move(after).error());
  auto query = clean_query(filter);
  if (!query) co_return std::unexpected(std::move(query).error());
  auto search = search_of(filter);
  if (!search) co_return std::unexpected(std::move(search).error());

  Snapshot snapshot = catalogue_.snapshot();
  auto receivers = receivers_of(principal, *snapshot->catalogue, filter.receiver);
  if (!receivers) {
    co_await catalogue_.refresh(catalogue_store_, context.deadline);
    snapshot = catalogue_.snapshot();
    receivers = receivers_of(principal, *snapshot->catalogue, filter.receiver);
  }
  if (!receivers) co_return std::unexpected(std::move(receivers).error());
  Page<domain::Event> nothing;
  nothing.limit = page.limit;
  if (page.wants_total) nothing.total = 0;
  if (*receivers && (*receivers)->empty()) co_return nothing;

  query->receivers = *std::move(receivers);
  query->after = *after;
  query->limit = page.limit + 1;
  auto found = co_await read_page(context, *query, *search, page, text);
  if (!found || !page.wants_total) co_return found;
  const auto total = co_await count(context, *query, *search);
  if (!total) co_return std::unexpected(total.error());
  found->total = *total;
  co_return found;
}

Task<Result<Page<domain::Event>>> EventService::read_page(const Context& context,
                                                          const store::EventQuery& query,
                                                          const std::optional<domain::EventSearch>& search,
                                                          const PageRequest& page, const QueryText& text) {
  const auto key_of = [](const domain::Event& event) { return to_string(event.id); };
  store::EventQuery own = query;
  if (!search) {
    auto rows = co_await events_.list(std::move(own), context.deadline);
    co_return cut_page(std::move(rows), page, cursors_, text, key_of);
  }
  auto found = co_await searcher_.page(std::move(own), *search, context.deadline);
  if (!found) co_return std::unexpected(std::move(found).error());
  Page<domain::Event> out = cut_page(std::move(found->events), page, cursors_, text, key_of);
  if (found->stopped_at && !out.next) out.next = cursors_.encode(text.text(), to_string(*found->stopped_at));
  co_return out;
}

Task<Result<std::uint64_t>> EventService::count(const Context& context, const store::EventQuery& query,
                                                const std::optional<domain::EventSearch>& search) {
  store::EventQuery own = query;
  own.after.reset();
  if (!search) co_return co_await events_.count(std::move(own), context.deadline);
  co_return co_await searcher_.count(std::move(own), *search, context.deadline);
}

}  // namespace xzepr::service
