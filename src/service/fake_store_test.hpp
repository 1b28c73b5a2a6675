// All ports of the store in memory, for the tests of this module: the same contract, no durability. One
// thread. A hook runs once before the next apply or append, so that a test can let "another node" come
// between.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "service/fake_sessions_test.hpp"
#include "store/catalogue_store.hpp"
#include "store/event_store.hpp"
#include "store/gate_store.hpp"
#include "store/memory_webhooks_test.hpp"
#include "store/search_store.hpp"

namespace xzepr::service {

class FakeStore final : public store::EventStore,
                        public store::SearchStore,
                        public store::CatalogueStore,
                        public store::IdentityStore,
                        public store::GateStore,
                        public store::ArtifactStore {
 public:
  // State, open to the tests.
  std::int64_t catalogue_revision = 1;
  std::map<ReceiverId, domain::Receiver> receivers;
  std::map<GroupId, domain::Group> groups;
  std::map<UserId, identity::User> users;
  std::map<ApiKeyId, identity::ApiKey> keys;
  std::map<std::pair<std::string, std::string>, UserId> identities;
  FakeSessions logins{users};
  SystemClock clock;
  store::MemoryWebhooks webhooks{clock};
  std::vector<domain::Event> events;  // in order of arrival
  std::map<domain::OutcomeKey, domain::OutcomeRow> outcomes;
  std::map<domain::GateKey, domain::GateRow> gates;
  std::vector<domain::JournalRow> journal;
  std::int64_t position = 0;
  std::function<void()> before_write;
  bool is_always_stale = false;
  bool is_sweeping = false;
  int loads = 0;
  int credential_reads = 0;
  int stale_answers = 0;
  std::vector<std::size_t> units_per_append;
  std::vector<std::pair<ApiKeyId, TimePoint>> touched;

  void bump() { ++catalogue_revision; }

  // EventStore
  Task<store::AppendOutcome> append(store::AppendUnit unit) override {
    run_hook();
    units_per_append.push_back(1);
    co_return append_unit(unit);
  }
  Task<std::vector<store::AppendOutcome>> append_each(std::vector<store::AppendUnit> units) override {
    run_hook();
    units_per_append.push_back(units.size());
    std::vector<store::AppendOutcome> out;
    for (const auto& unit : units) out.push_back(append_unit(unit));
    co_return out;
  }
  Task<Result<std::optional<std::string>>> find_replay(store::IdempotencyClaim claim, Deadline) override {
    const auto found = answers_.find(claim.key);
    if (found == answers_.end()) co_return std::optional<std::string>();
    if (found->second.body_hash != claim.body_hash) co_return std::unexpected(mismatch());
    co_return std::optional(found->second.answer);
  }
  Task<std::optional<domain::Event>> find(EventId id, Deadline) override {
    const auto found = std::ranges::find(events, id, &domain::Event::id);
    if (found == events.end()) co_return std::nullopt;
    co_return *found;
  }
  Task<std::vector<domain::Event>> list(store::EventQuery query, Deadline) override {
    std::vector<const domain::Event*> sorted;
    for (const auto& event : events) sorted.push_back(&event);
    std::ranges::sort(sorted, {}, &domain::Event::id);
    const bool is_descending = query.order == store::SortOrder::descending;
    if (is_descending) std::ranges::reverse(sorted);
    std::vector<domain::Event> out;
    for (const auto* event : sorted) {
      if (query.after && (is_descending ? event->id >= *query.after : event->id <= *query.after)) continue;
      if (!is_among(event->receiver_id, query.receivers)) continue;
      if (query.name && *query.name != event->artifact.name) continue;
      if (query.success && *query.success != event->success) continue;
      if (out.size() < query.limit) out.push_back(*event);
    }
    co_return out;
  }

  Task<std::uint64_t> count(store::EventQuery query, Deadline deadline) override {
    query.limit = events.size();
    co_return (co_await list(std::move(query), deadline)).size();
  }

  // SearchStore: an index that has filed nothing, or that proposes too many.
  bool proposes_too_many = false;
  Task<std::optional<std::vector<EventId>>> candidates(domain::SearchTerms, std::size_t max,
                                                       Deadline) override {
    if (proposes_too_many || events.size() > max) co_return std::nullopt;
    std::vector<EventId> ids;
    for (const auto& event : events) ids.push_back(event.id);
    co_return ids;
  }
  Task<std::vector<domain::Event>> read(std::vector<EventId> ids, Deadline) override {
    std::vector<domain::Event> out;
    for (const auto& event : events) {
      if (std::ranges::find(ids, event.id) != ids.end()) out.push_back(event);
    }
    co_return out;
  }
  Task<store::IndexProgress> index_slice(Deadline) override { co_return store::IndexProgress{}; }

  // CatalogueStore
  Task<store::CatalogueData> load(Deadline) override {
    ++loads;
    store::CatalogueData out{.revision = catalogue_revision, .receivers = {}, .groups = {}};
    for (const auto& [id, receiver] : receivers) out.receivers.push_back(receiver);
    for (const auto& [id, group] : groups) out.groups.push_back(group);
    co_return out;
  }
  Task<std::int64_t> revision(Deadline) override { co_return catalogue_revision; }
  Task<store::CatalogueOutcome> apply(store::CatalogueChange change) override {
    run_hook();
    if (is_always_stale || change.expected_revision != catalogue_revision) {
      ++stale_answers;
      co_return store::StaleCatalogue{.revision = catalogue_revision};
    }
    if (change.claim) {
      const auto found = answers_.find(change.claim->key);
      const bool is_known = found != answers_.end();
      if (is_known && found->second.body_hash != change.claim->body_hash) co_return mismatch();
      if (is_known) co_return store::CatalogueReplayed{.answer = found->second.answer};
    }
    for (const auto& write : change.writes) {
      auto error = check_write(write);
      if (error) co_return *std::move(error);
    }
    bump();
    for (const auto& write : change.writes) std::visit([this](const auto& put) { do_write(put); }, write);
    for (auto& row : change.journal) {
      row.position = ++position;
      journal.push_back(row);
    }
    if (change.claim) answers_[change.claim->key] = {change.claim->body_hash, change.answer};
    co_return store::CatalogueApplied{.revision = catalogue_revision};
  }

  // IdentityStore
  Task<std::optional<store::Credential>> find_credential(crypto::Sha256 key_hash, Deadline) override {
    ++credential_reads;
    for (const auto& [id, key] : keys) {
      if (key.hash == key_hash) co_return store::Credential{.key = key, .user = users.at(key.user_id)};
    }
    co_return std::nullopt;
  }
  Task<std::optional<identity::User>> find_user(std::string username, Deadline) override {
    for (const auto& [id, user] : users) {
      if (user.username == username) co_return user;
    }
    co_return std::nullopt;
  }
  Task<std::optional<identity::User>> find_user_by_id(UserId id, Deadline) override {
    const auto found = users.find(id);
    if (found == users.end()) co_return std::nullopt;
    co_return found->second;
  }
  Task<std::optional<store::SessionRecord>> find_session(SessionId id, Deadline) override {
    const auto found = logins.sessions.find(id);
    if (found == logins.sessions.end()) co_return std::nullopt;
    co_return store::SessionRecord{.session = found->second, .user = users.at(found->second.user_id)};
  }
  Task<std::optional<identity::User>> find_user_by_identity(std::string issuer, std::string subject,
                                                            Deadline) override {
    const auto found = identities.find({issuer, subject});
    if (found == identities.end()) co_return std::nullopt;
    co_return users.at(found->second);
  }
  Task<bool> has_other_admin(UserId user, Deadline) override {
    co_return std::ranges::any_of(users, [&](const auto& entry) {
      return entry.first != user && entry.second.enabled && entry.second.roles.has(identity::Role::admin);
    });
  }
  Task<std::vector<identity::User>> list_users(std::optional<UserId> after, std::size_t limit,
                                               Deadline) override {
    std::vector<identity::User> out;
    for (const auto& [id, user] : users | std::views::reverse) {
      if (out.size() < limit && (!after || id < *after)) out.push_back(user);
    }
    co_return out;
  }
  Task<std::uint64_t> count_users(Deadline) override { co_return users.size(); }
  Task<bool> has_admin(Deadline) override {
    co_return std::ranges::any_of(
        users, [](const auto& entry) { return entry.second.roles.has(identity::Role::admin); });
  }
  Task<std::optional<identity::ApiKey>> find_api_key(ApiKeyId id, Deadline) override {
    const auto found = keys.find(id);
    if (found == keys.end()) co_return std::nullopt;
    co_return found->second;
  }
  Task<std::vector<identity::ApiKey>> list_api_keys(std::optional<UserId> user, std::optional<ApiKeyId> after,
                                                    std::size_t limit, Deadline) override {
    std::vector<identity::ApiKey> out;
    for (auto entry = keys.rbegin(); entry != keys.rend() && out.size() < limit; ++entry) {
      const auto& key = entry->second;
      const bool is_listed = (!user || key.user_id == *user) && (!after || key.id < *after);
      if (is_listed) out.push_back(key);
    }
    co_return out;
  }
  Task<std::uint64_t> count_api_keys(std::optional<UserId> user, Deadline) override {
    co_return static_cast<std::uint64_t>(
        std::ranges::count_if(keys, [&](const auto& one) { return !user || one.second.user_id == *user; }));
  }
  Task<std::uint64_t> count_live_api_keys(UserId user, TimePoint now, Deadline) override {
    co_return static_cast<std::uint64_t>(std::ranges::count_if(keys, [&](const auto& one) {
      const identity::ApiKey& key = one.second;
      return key.user_id == user && !key.revoked_at && (!key.expires_at || *key.expires_at > now);
    }));
  }
  Task<> touch_api_key(ApiKeyId id, TimePoint at, Deadline) override {
    touched.emplace_back(id, at);
    co_return;
  }
  Task<std::string> shared_secret(Deadline) override { co_return std::string(32, 's'); }

  // GateStore
  Task<store::GateReading> read(domain::ArtifactId artifact, GroupId group, std::vector<ReceiverId> ids,
                                Deadline) override {
    run_hook();
    store::GateReading out;
    for (const ReceiverId id : ids) {
      const auto found = outcomes.find({.artifact_id = artifact, .receiver_id = id});
      if (found != outcomes.end()) out.outcomes.push_back(found->second);
    }
    const auto gate = gates.find({.artifact_id = artifact, .group_id = group});
    if (gate != gates.end()) out.gate = gate->second;
    out.is_evaluating = is_sweeping;
    co_return out;
  }
  Task<std::vector<store::GateListing>> list(store::GateListQuery query, Deadline) override {
    std::vector<store::GateListing> rows;
    for (const auto& [key, row] : gates) {
      const bool is_listed = key.group_id == query.group_id && (!query.state || row.state == *query.state);
      if (is_listed) rows.push_back({.gate = row, .artifact = artifact_by_id(key.artifact_id)});
    }
    std::ranges::sort(rows, {}, rank_of_row);
    std::vector<store::GateListing> out;
    for (auto& row : rows) {
      const bool is_after =
          !query.after || rank_of_row(row) > std::tuple(rank_of(query.after->state), query.after->since,
                                                        query.after->artifact_id);
      if (is_after && out.size() < query.limit) out.push_back(std::move(row));
    }
    co_return out;
  }
  Task<std::uint64_t> count(store::GateListQuery query, Deadline deadline) override {
    query.after.reset();
    query.limit = gates.size();
    co_return (co_await list(std::move(query), deadline)).size();
  }
  Task<bool> is_evaluating(GroupId, Deadline) override { co_return is_sweeping; }
  Task<store::SweepProgress> sweep_slice(std::shared_ptr<const domain::Catalogue>, TimePoint,
                                         Deadline) override {
    co_return store::SweepProgress{};
  }

  // ArtifactStore
  Task<std::optional<store::ArtifactListing>> find(domain::ArtifactId id, Deadline) override {
    for (const auto& event : events) {
      if (event.artifact_id == id) co_return listing_of(event);
    }
    co_return std::nullopt;
  }
  Task<std::vector<store::ArtifactListing>> list(store::ArtifactQuery query, Deadline) override {
    std::map<domain::ArtifactId, store::ArtifactListing> found;
    for (const auto& event : events) {
      const auto& artifact = event.artifact;
      const bool is_match =
          is_equal(query.name, artifact.name) && is_equal(query.version, artifact.version) &&
          is_equal(query.release, artifact.release) && is_equal(query.platform_id, artifact.platform_id) &&
          is_equal(query.package, artifact.package) && is_among(event.receiver_id, query.receivers) &&
          (!query.after || event.artifact_id > *query.after);
      if (is_match) found.emplace(event.artifact_id, listing_of(event));
    }
    std::vector<store::ArtifactListing> out;
    for (auto& [id, listing] : found) {
      if (out.size() < query.limit) out.push_back(std::move(listing));
    }
    co_return out;
  }
  Task<std::uint64_t> count(store::ArtifactQuery query, Deadline deadline) override {
    query.after.reset();
    query.limit = events.size();
    co_return (co_await list(std::move(query), deadline)).size();
  }
  Task<std::vector<store::TimelineEntry>> timeline(domain::ArtifactId id, std::int64_t after,
                                                   std::size_t limit, Deadline) override {
    std::vector<store::TimelineEntry> out;
    for (const auto& row : journal) {
      if (row.artifact_id != id || row.position <= after || out.size() == limit) continue;
      store::TimelineEntry entry{.row = row, .event = std::nullopt};
      const auto event = std::ranges::find(events, row.event_id,
                                           [](const domain::Event& item) { return std::optional(item.id); });
      if (event != events.end()) entry.event = *event;
      out.push_back(std::move(entry));
    }
    co_return out;
  }

 private:
  struct Stored {
    crypto::Sha256 body_hash;
    std::string answer;
  };
  static Error mismatch() {
    return Error{
        .kind = Errc::idempotency_mismatch, .code = "idempotency_mismatch", .detail = "another body"};
  }
  static bool is_among(ReceiverId id, const std::optional<std::vector<ReceiverId>>& wanted) {
    return !wanted || std::ranges::find(*wanted, id) != wanted->end();
  }
  static bool is_equal(const std::optional<std::string>& wanted, const std::string& present) {
    return !wanted || *wanted == present;
  }
  static int rank_of(domain::GateState state) {
    switch (state) {
      case domain::GateState::failing: return 0;
      case domain::GateState::pending: return 1;
      case domain::GateState::open: return 2;
      case domain::GateState::disabled: return 3;
    }
    std::unreachable();
  }
  static std::tuple<int, TimePoint, domain::ArtifactId> rank_of_row(const store::GateListing& row) {
    return {rank_of(row.gate.state), row.gate.since, row.gate.artifact_id};
  }
  static store::ArtifactListing listing_of(const domain::Event& event) {
    return {.id = event.artifact_id, .artifact = event.artifact, .first_seen_at = event.created_at};
  }
  domain::Artifact artifact_by_id(domain::ArtifactId id) const {
    const auto found = std::ranges::find(events, id, &domain::Event::artifact_id);
    return found == events.end() ? domain::Artifact{} : found->artifact;
  }

  void run_hook() {
    if (const auto hook = std::exchange(before_write, nullptr)) hook();
  }

  store::AppendOutcome append_unit(const store::AppendUnit& unit) {
    if (is_always_stale || unit.catalogue->revision() != catalogue_revision) {
      ++stale_answers;
      return store::StaleCatalogue{.revision = catalogue_revision};
    }
    if (unit.claim) {
      const auto found = answers_.find(unit.claim->key);
      if (found != answers_.end()) return replayed(*unit.claim, found->second);
    }
    auto answers = fold_in(unit);
    if (unit.claim) answers_[unit.claim->key] = {unit.claim->body_hash, domain::encode_answer(answers)};
    return answers;
  }
  static store::AppendOutcome replayed(const store::IdempotencyClaim& claim, const Stored& stored) {
    if (stored.body_hash != claim.body_hash) return mismatch();
    auto answers = *domain::decode_answer(stored.answer);
    for (auto& answer : answers) answer.is_replayed = true;
    return answers;
  }
  std::vector<domain::Appended> fold_in(const store::AppendUnit& unit) {
    std::vector<const domain::Event*> added;
    for (const auto& event : unit.events) added.push_back(&event);
    std::vector<domain::OutcomeRow> known_outcomes;
    for (const auto& [key, row] : outcomes) known_outcomes.push_back(row);
    std::vector<domain::GateRow> known_gates;
    for (const auto& [key, row] : gates) known_gates.push_back(row);
    const domain::FoldInput input{.events = added,
                                  .outcomes = known_outcomes,
                                  .gates = known_gates,
                                  .catalogue = *unit.catalogue,
                                  .position = position,
                                  .now = unit.events.front().created_at};
    auto folded = domain::fold(input, ids_);
    for (const auto& row : folded.outcomes) {
      outcomes[{.artifact_id = row.artifact_id, .receiver_id = row.receiver_id}] = row;
    }
    for (const auto& row : folded.gates)
      gates[{.artifact_id = row.artifact_id, .group_id = row.group_id}] = row;
    journal.insert(journal.end(), folded.journal.begin(), folded.journal.end());
    events.insert(events.end(), unit.events.begin(), unit.events.end());
    position = folded.position;
    return std::move(folded.answers);
  }

  std::optional<Error> check_write(const store::CatalogueWrite& write) const {
    if (const auto* put = std::get_if<store::PutUser>(&write)) return check_name(put->user);
    if (const auto* put = std::get_if<store::PutUserIdentity>(&write)) return check_identity(*put);
    if (const auto* put = std::get_if<store::PutWebhook>(&write)) return check_name(put->webhook);
    const auto* removal = std::get_if<store::DeleteReceiver>(&write);
    if (removal == nullptr) return std::nullopt;
    const bool has_events =
        std::ranges::find(events, removal->id, &domain::Event::receiver_id) != events.end();
    if (!has_events) return std::nullopt;
    return Error{.kind = Errc::conflict, .code = "receiver_in_use", .detail = "it has events"};
  }
  std::optional<Error> check_name(const identity::User& user) const {
    for (const auto& [id, other] : users) {
      if (id != user.id && other.username == user.username)
        return Error{.kind = Errc::conflict, .code = "user_exists", .detail = "the name is taken"};
    }
    return std::nullopt;
  }
  std::optional<Error> check_name(const domain::Webhook& webhook) const {
    if (!webhooks.is_name_taken(webhook)) return std::nullopt;
    return Error{.kind = Errc::conflict, .code = "webhook_exists", .detail = "the name is taken"};
  }
  std::optional<Error> check_identity(const store::PutUserIdentity& put) const {
    const auto found = identities.find({put.issuer, put.subject});
    if (found == identities.end() || found->second == put.user_id) return std::nullopt;
    return Error{.kind = Errc::conflict, .code = "identity_exists", .detail = "the identity is taken"};
  }
  void do_write(const store::PutReceiver& put) { receivers[put.receiver.id] = put.receiver; }
  void do_write(const store::DeleteReceiver& removal) { receivers.erase(removal.id); }
  void do_write(const store::PutGroup& put) {
    auto& group = groups[put.group.id] = put.group;
    if (group.gate_revision == -1) group.gate_revision = catalogue_revision;
  }
  void do_write(const store::DeleteGroup& removal) { groups.erase(removal.id); }
  void do_write(const store::PutUser& put) { users[put.user.id] = put.user; }
  void do_write(const store::PutApiKey& put) { keys[put.key.id] = put.key; }
  void do_write(const store::PutPassword& put) { logins.passwords[put.user_id] = put.hash.value_or(""); }
  void do_write(const store::PutUserIdentity& put) { identities[{put.issuer, put.subject}] = put.user_id; }
  void do_write(const store::EndSessions& end) { logins.end(end); }
  void do_write(const store::PutWebhook& put) { webhooks.put(put.webhook, position); }
  void do_write(const store::DeleteWebhook& gone) { webhooks.erase(gone.id); }
  void do_write(const store::PutAudit& put) { logins.audit.push_back(put.entry); }

  std::map<store::KeyId, Stored> answers_;
  UlidSource ids_;
};

}  // namespace xzepr::service
