#include "service/gate_service.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/object_reader.hpp"
#include "service/artifact_service.hpp"
#include "service/lookup.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds poll_interval{200};
constexpr milliseconds answer_reserve{500};  // of the deadline, to render and send the answer

domain::Outcome outcome_of(const domain::OutcomeRow* row) {
  if (row == nullptr) return domain::Outcome::missing;
  return row->passed ? domain::Outcome::passed : domain::Outcome::failed;
}

ReceiverStatus receiver_status(ReceiverId id, const domain::Catalogue& catalogue,
                               const std::vector<domain::OutcomeRow>& outcomes) {
  const auto found = std::ranges::find(outcomes, id, &domain::OutcomeRow::receiver_id);
  const domain::OutcomeRow* row = found == outcomes.end() ? nullptr : &*found;
  const auto* receiver = catalogue.find_receiver(id);
  ReceiverStatus out;
  out.id = id;
  if (receiver != nullptr) out.name = receiver->name;
  out.outcome = outcome_of(row);
  if (row != nullptr) out.event_id = row->event_id;
  if (row != nullptr) out.at = row->at;
  return out;
}

// The stored gate may be older than the definition; then the state holds since the definition does.
void set_times(GateStatus& status, const store::GateReading& reading) {
  if (reading.gate) status.first_opened_at = reading.gate->first_opened_at;
  if (reading.outcomes.empty()) return;
  const bool is_stored = reading.gate && reading.gate->state == status.state;
  status.since = is_stored ? reading.gate->since : status.group.updated_at;
  const bool is_open = status.state == domain::GateState::open;
  if (is_open && !status.first_opened_at) status.first_opened_at = status.since;
}

bool is_settled(const GateStatus& status) { return status.state != domain::GateState::pending; }

std::string position_text(const store::GateListing& row) {
  return fmt::format("{}:{}:{}", static_cast<int>(row.gate.state), row.gate.since.time_since_epoch().count(),
                     to_string(row.gate.artifact_id));
}

std::optional<store::GateListQuery::After> parse_position_text(std::string_view text) {
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  int state = 0;
  std::int64_t since = 0;
  const auto artifact_id = domain::parse_artifact_id(text.substr(second + 1));
  const auto state_read = std::from_chars(text.data(), text.data() + first, state);
  const auto since_read = std::from_chars(text.data() + first + 1, text.data() + second, since);
  const bool is_read = artifact_id && state_read.ec == std::errc() && since_read.ec == std::errc();
  if (!is_read || state < 1 || state > 3) return std::nullopt;
  return store::GateListQuery::After{.state = static_cast<domain::GateState>(state),
                                     .since = TimePoint(std::chrono::microseconds(since)),
                                     .artifact_id = *artifact_id};
}

std::optional<std::string> state_text(const std::optional<domain::GateState>& state) {
  if (!state) return std::nullopt;
  return std::string(domain::to_string(*state));
}

Error state_not_listed() {
  std::vector<Violation> faults;
  faults.push_back({.pointer = "/state", .keyword = "enum", .message = "must be open, failing or pending"});
  return json::request_invalid(std::move(faults));
}

}  // namespace

struct GateService::Target {
  GroupId group_id;
  domain::ArtifactId artifact_id;
  domain::Artifact artifact;
};

GateService::GateService(store::GateStore& gates, store::ArtifactStore& artifacts,
                         store::CatalogueStore& catalogue_store, Catalogue& catalogue,
                         const CursorCodec& cursors)
    : gates_(gates),
      artifacts_(artifacts),
      catalogue_store_(catalogue_store),
      catalogue_(catalogue),
      cursors_(cursors) {}

Task<Result<GateService::Target>> GateService::find_target(const Context& context, std::string group,
                                                           domain::ArtifactPattern pattern) {
  auto allowed = identity::require(*context.principal, identity::Permission::group_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  co_await catalogue_.refresh(catalogue_store_, context.deadline);
  const Snapshot snapshot = catalogue_.snapshot();
  auto found = visible_group(*context.principal, *snapshot->catalogue, group);
  if (!found) co_return std::unexpected(std::move(found).error());
  auto cleaned = clean_pattern(std::move(pattern));
  if (!cleaned) co_return std::unexpected(std::move(cleaned).error());

  Target target;
  target.group_id = (*found)->id;
  // All five fields need no look at the store: nobody may have posted about it yet.
  auto exact = artifact_of(*cleaned);
  if (exact) {
    target.artifact_id = domain::artifact_id(*exact);
    target.artifact = *std::move(exact);
    co_return target;
  }
  auto listing = co_await resolve_artifact(context, *std::move(cleaned), *snapshot->catalogue, artifacts_);
  if (!listing) co_return std::unexpected(std::move(listing).error());
  target.artifact_id = listing->id;
  target.artifact = std::move(listing->artifact);
  co_return target;
}

Task<Result<GateStatus>> GateService::status_of(const Context& context, const Target& target) {
  const Snapshot snapshot = catalogue_.snapshot();
  const auto& catalogue = *snapshot->catalogue;
  const auto* group = catalogue.find_group(target.group_id);
  const bool is_visible = group != nullptr && identity::may_see(*context.principal, *group);
  if (!is_visible) co_return std::unexpected(group_unknown(to_string(target.group_id)));

  const store::GateReading reading =
      co_await gates_.read(target.artifact_id, group->id, group->receiver_ids, context.deadline);
  GateStatus out;
  out.group = *group;
  out.artifact_id = target.artifact_id;
  out.artifact = target.artifact;
  out.state = domain::evaluate(*group, reading.outcomes);
  out.total = group->receiver_ids.size();
  for (const ReceiverId id : group->receiver_ids) {
    out.receivers.push_back(receiver_status(id, catalogue, reading.outcomes));
    if (out.receivers.back().outcome == domain::Outcome::passed) ++out.passed;
  }
  set_times(out, reading);
  out.is_evaluating = reading.is_evaluating;
  co_return out;
}

Task<Result<GateStatus>> GateService::status(const Context& context, std::string group,
                                             domain::ArtifactPattern artifact) {
  auto target = co_await find_target(context, std::move(group), std::move(artifact));
  if (!target) co_return std::unexpected(std::move(target).error());
  co_return co_await status_of(context, *target);
}

Task<Result<GateStatus>> GateService::wait(const Context& context, std::string group,
                                           domain::ArtifactPattern artifact, milliseconds wait) {
  auto target = co_await find_target(context, std::move(group), std::move(artifact));
  if (!target) co_return std::unexpected(std::move(target).error());
  const milliseconds at_most = std::min<milliseconds>(wait, limits::gate_wait_max);
  const auto until = std::min(Deadline::after(at_most).at(), context.deadline.at() - answer_reserve);
  for (;;) {
    auto status = co_await status_of(context, *target);
    const auto left = until - Deadline::Clock::now();
    const bool is_over = !status || is_settled(*status) || left <= Deadline::Clock::duration::zero();
    if (is_over) co_return status;
    co_await sleep_for(std::min<Deadline::Clock::duration>(poll_interval, left));
    co_await catalogue_.refresh(catalogue_store_, context.deadline);
  }
}

Task<Result<Page<GateArtifact>>> GateService::artifacts(const Context& context, std::string group,
                                                        std::optional<domain::GateState> state,
                                                        PageRequest page) {
  auto allowed = identity::require(*context.principal, identity::Permission::group_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  if (state == domain::GateState::disabled) co_return std::unexpected(state_not_listed());
  co_await catalogue_.refresh(catalogue_store_, context.deadline);
  const Snapshot snapshot = catalogue_.snapshot();
  auto found = visible_group(*context.principal, *snapshot->catalogue, group);
  if (!found) co_return std::unexpected(std::move(found).error());

  store::GateListQuery query{.group_id = (*found)->id, .state = state, .after = {}, .limit = page.limit + 1};
  QueryText text("gate artifacts", context.principal->user_id);
  text.add("group", std::optional<std::string>(to_string(query.group_id))).add("state", state_text(state));
  auto position = position_of(page, cursors_, text);
  if (!position) co_return std::unexpected(std::move(position).error());
  if (*position) {
    query.after = parse_position_text(**position);
    if (!query.after) co_return cursor_invalid();
  }
  Page<GateArtifact> out;
  out.limit = page.limit;
  if (page.wants_total) out.total = co_await gates_.count(query, context.deadline);
  auto rows = co_await gates_.list(std::move(query), context.deadline);
  Page<store::GateListing> listed = cut_page(std::move(rows), page, cursors_, text, position_text);
  out.next = std::move(listed.next);
  for (auto& row : listed.items) out.items.push_back({.artifact = std::move(row.artifact), .gate = row.gate});
  co_return out;
}

}  // namespace xzepr::service
