// The contract of the catalogue, identities and gates.
#pragma once

#include <algorithm>

#include "store/store_contract_test.hpp"

namespace xzepr::store::contract {

class CatalogueContract : public StoreContract {
 protected:
  CatalogueOutcome try_apply(std::vector<CatalogueWrite> writes, std::optional<IdempotencyClaim> claim = {}) {
    CatalogueChange change{.expected_revision = revision(),
                           .writes = std::move(writes),
                           .journal = {},
                           .claim = std::move(claim),
                           .answer = R"({"id":"first"})",
                           .deadline = soon()};
    return run(ports().catalogue->apply(std::move(change)));
  }
  identity::User make_user(const std::string& name) {
    identity::User user;
    user.id = UserId{ids_.next(at(0))};
    user.username = name;
    user.email = name + "@example.org";
    user.display_name = "The " + name;
    user.roles.add(identity::Role::event_manager);
    user.roles.add(identity::Role::user);
    user.created_at = at(5);
    return user;
  }
  identity::ApiKey make_key(const identity::User& user, const std::string& secret) {
    identity::ApiKey key;
    key.id = ApiKeyId{ids_.next(at(0))};
    key.user_id = user.id;
    key.name = "ci";
    key.prefix = "xzepr_abcdef";
    key.hash = crypto::sha256(secret);
    key.roles.add(identity::Role::user);
    key.rpm = 600;
    key.default_receiver = ReceiverId{ids_.next(at(0))};
    key.created_at = at(6);
    key.expires_at = at(7);
    return key;
  }
  GateReading read_gate(const domain::Group& group, const std::string& version) {
    const auto artifact = make_event(group.receiver_ids[0], version).artifact_id;
    return run(ports().gates->read(artifact, group.id, group.receiver_ids, soon()));
  }
  domain::GateState state_of(const domain::Group& group, const std::string& version) {
    return domain::evaluate(group, read_gate(group, version).outcomes);
  }
  domain::Group change(domain::Group group) {
    group.gate_revision = -1;
    group.resource_version += 1;
    apply({PutGroup{group}});
    return *catalogue_->find_group(group.id);
  }
};

TEST_P(CatalogueContract, AnEmptyStoreHasAnEmptyCatalogue) {
  const auto data = run(ports().catalogue->load(soon()));
  EXPECT_TRUE(data.receivers.empty());
  EXPECT_TRUE(data.groups.empty());
  EXPECT_EQ(data.revision, revision());
}

TEST_P(CatalogueContract, ReceiversAndGroupsComeBackAsTheyWerePut) {
  const auto first = given_receiver("first");
  const auto second = given_receiver("second");
  auto group = make_group("ready", {second.id, first.id});
  group.members = {domain::Subject{"role:testers"}, domain::subject_of(user_)};
  const auto before = revision();
  EXPECT_EQ(apply({PutGroup{group}}), before + 1);
  const auto data = run(ports(1).catalogue->load(soon()), 1);
  ASSERT_EQ(data.receivers.size(), 2U);
  EXPECT_NE(std::ranges::find(data.receivers, first), data.receivers.end());
  ASSERT_EQ(data.groups.size(), 1U);
  group.gate_revision = before + 1;  // the store's to give
  auto stored = data.groups[0];
  std::ranges::sort(stored.members);
  std::ranges::sort(group.members);
  EXPECT_EQ(stored, group);
}

TEST_P(CatalogueContract, APutReplacesWhatWasThere) {
  auto receiver = given_receiver("first");
  auto group = make_group("ready", {receiver.id});
  apply({PutGroup{group}});
  receiver.description = "changed";
  receiver.enabled = false;
  receiver.schema = R"({"type":"array"})";
  receiver.field_formats = {};
  receiver.resource_version = 2;
  receiver.updated_at = at(50);
  group.description = "changed as well";
  group.enabled = false;
  group.members.clear();
  group.resource_version = 2;
  group.gate_revision = 1;
  apply({PutReceiver{receiver}, PutGroup{group}});
  ASSERT_NE(catalogue_->find_receiver(receiver.id), nullptr);
  EXPECT_EQ(*catalogue_->find_receiver(receiver.id), receiver);
  EXPECT_EQ(*catalogue_->find_group(group.id), group);
}

TEST_P(CatalogueContract, AChangeDecidedOnAnOldRevisionIsNotApplied) {
  const auto old = revision();
  given_receiver("first");
  CatalogueChange change{.expected_revision = old,
                         .writes = {PutReceiver{make_receiver("second")}},
                         .journal = {},
                         .claim = {},
                         .answer = {},
                         .deadline = soon()};
  const auto outcome = run(ports().catalogue->apply(std::move(change)));
  ASSERT_TRUE(std::holds_alternative<StaleCatalogue>(outcome));
  EXPECT_EQ(std::get<StaleCatalogue>(outcome).revision, revision());
  take_snapshot();
  EXPECT_EQ(catalogue_->receivers().size(), 1U);
}

TEST_P(CatalogueContract, AChangeIsJournalledAtTheNextPosition) {
  const auto receiver = make_receiver("first");
  const auto before = position();
  domain::JournalRow row;
  row.id = ids_.next(at(0));
  row.kind = domain::JournalKind::receiver_created;
  row.cause = domain::JournalCause::request;
  row.receiver_id = receiver.id;
  row.receiver_version = 1;
  row.at = at(0);
  apply({PutReceiver{receiver}}, {row});
  EXPECT_EQ(position(), before + 1);
}

TEST_P(CatalogueContract, AReceiverWithEventsIsNotDeleted) {
  const auto used = given_receiver("used");
  const auto idle = given_receiver("idle");
  must_append_one(make_event(used.id, "1.0"));
  const auto refused = try_apply({DeleteReceiver{idle.id}, DeleteReceiver{used.id}});
  ASSERT_TRUE(std::holds_alternative<Error>(refused));
  EXPECT_EQ(std::get<Error>(refused).code, "receiver_in_use");
  EXPECT_EQ(std::get<Error>(refused).kind, Errc::conflict);
  take_snapshot();
  EXPECT_EQ(catalogue_->receivers().size(), 2U);
  apply({DeleteReceiver{idle.id}});
  EXPECT_EQ(catalogue_->find_receiver(idle.id), nullptr);
}

TEST_P(CatalogueContract, AChangeWithTheSameIdempotencyKeyIsAppliedOnce) {
  const auto claim = claim_of("k", "body");
  EXPECT_TRUE(
      std::holds_alternative<CatalogueApplied>(try_apply({PutReceiver{make_receiver("first")}}, claim)));
  const auto before = revision();
  const auto again = try_apply({PutReceiver{make_receiver("second")}}, claim);
  ASSERT_TRUE(std::holds_alternative<CatalogueReplayed>(again));
  EXPECT_EQ(std::get<CatalogueReplayed>(again).answer, R"({"id":"first"})");
  const auto other = try_apply({PutReceiver{make_receiver("third")}}, claim_of("k", "another"));
  ASSERT_TRUE(std::holds_alternative<Error>(other));
  EXPECT_EQ(std::get<Error>(other).kind, Errc::idempotency_mismatch);
  EXPECT_EQ(revision(), before);
}

TEST_P(CatalogueContract, ADeletedGroupLeavesNoGates) {
  const auto group = given_group_of(2);
  must_append_one(make_event(receivers_[0], "1.0"));
  EXPECT_EQ(run(ports().gates->list({.group_id = group.id, .state = {}, .after = {}}, soon())).size(), 1U);
  apply({DeleteGroup{group.id}});
  EXPECT_EQ(catalogue_->find_group(group.id), nullptr);
  EXPECT_TRUE(run(ports().gates->list({.group_id = group.id, .state = {}, .after = {}}, soon())).empty());
  EXPECT_FALSE(run(ports().gates->is_evaluating(group.id, soon())));
}

TEST_P(CatalogueContract, UsersAndKeysComeBackAsTheyWerePut) {
  const auto user = make_user("ada");
  const auto key = make_key(user, "secret");
  EXPECT_FALSE(run(ports().identities->find_credential(key.hash, soon())).has_value());
  apply({PutUser{user}, PutApiKey{key}});
  const auto found = run(ports().identities->find_credential(key.hash, soon()));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->user, user);
  EXPECT_EQ(found->key, key);
  EXPECT_EQ(run(ports().identities->find_user("ada", soon())), user);
  EXPECT_EQ(run(ports().identities->find_user_by_id(user.id, soon())), user);
  EXPECT_EQ(run(ports().identities->find_api_key(key.id, soon())), key);
  EXPECT_FALSE(run(ports().identities->find_user("bob", soon())).has_value());
  EXPECT_FALSE(run(ports().identities->find_api_key(ApiKeyId{ids_.next(at(0))}, soon())).has_value());
}

TEST_P(CatalogueContract, AUserNameIsTakenOnce) {
  const auto ada = make_user("ada");
  apply({PutUser{ada}});
  const auto refused = try_apply({PutUser{make_user("ada")}});
  ASSERT_TRUE(std::holds_alternative<Error>(refused));
  EXPECT_EQ(std::get<Error>(refused).code, "user_exists");
  auto changed = ada;
  changed.roles = {};
  changed.roles.add(identity::Role::admin);
  changed.enabled = false;
  EXPECT_FALSE(run(ports().identities->has_admin(soon())));
  apply({PutUser{changed}});
  EXPECT_EQ(run(ports().identities->find_user("ada", soon())), changed);
  EXPECT_TRUE(run(ports().identities->has_admin(soon())));
}

TEST_P(CatalogueContract, KeysAreListedNewestFirstByPages) {
  const auto ada = make_user("ada");
  const auto bob = make_user("bob");
  std::vector<CatalogueWrite> writes = {PutUser{ada}, PutUser{bob}};
  std::vector<identity::ApiKey> keys;
  for (int i = 0; i < 5; ++i) keys.push_back(make_key(i % 2 == 0 ? ada : bob, std::to_string(i)));
  for (const auto& key : keys) writes.emplace_back(PutApiKey{key});
  apply(std::move(writes));
  std::ranges::reverse(keys);
  auto& identities = *ports().identities;
  EXPECT_EQ(run(identities.list_api_keys({}, {}, 10, soon())), keys);
  EXPECT_EQ(run(identities.list_api_keys({}, keys[1].id, 2, soon())), (std::vector{keys[2], keys[3]}));
  EXPECT_EQ(run(identities.list_api_keys(bob.id, {}, 10, soon())), (std::vector{keys[1], keys[3]}));
}

TEST_P(CatalogueContract, ARevokedKeySaysSoAndItsUseIsNoted) {
  const auto user = make_user("ada");
  auto key = make_key(user, "secret");
  apply({PutUser{user}, PutApiKey{key}});
  const auto before = revision();
  run(ports().identities->touch_api_key(key.id, at(70), soon()));
  EXPECT_EQ(revision(), before);
  EXPECT_EQ(run(ports().identities->find_api_key(key.id, soon()))->last_used_at, at(70));
  key.revoked_at = at(80);
  key.last_used_at = at(70);
  apply({PutApiKey{key}});
  EXPECT_EQ(run(ports().identities->find_credential(key.hash, soon()))->key, key);
}

// B28.
TEST_P(CatalogueContract, TheUseOfAKeyIsWrittenOnceAMinute) {
  const auto user = make_user("ada");
  const auto key = make_key(user, "secret");
  apply({PutUser{user}, PutApiKey{key}});
  const auto used_at = [&](int second) {
    run(ports().identities->touch_api_key(key.id, at(second), soon()));
    return run(ports().identities->find_api_key(key.id, soon()))->last_used_at;
  };
  EXPECT_EQ(used_at(100), at(100));
  EXPECT_EQ(used_at(101), at(100));
  EXPECT_EQ(used_at(159), at(100));
  EXPECT_EQ(used_at(50), at(100));
  EXPECT_EQ(used_at(160), at(160));
}

TEST_P(CatalogueContract, KeysThatAreOverAreNotLive) {
  const auto user = make_user("ada");
  const auto other = make_user("bob");
  auto live = make_key(user, "live");
  live.expires_at = std::nullopt;
  auto expiring = make_key(user, "expiring");
  expiring.expires_at = at(100);
  auto revoked = make_key(user, "revoked");
  revoked.expires_at = std::nullopt;
  revoked.revoked_at = at(1);
  apply({PutUser{user}, PutUser{other}, PutApiKey{live}, PutApiKey{expiring}, PutApiKey{revoked}});
  EXPECT_EQ(run(ports().identities->count_live_api_keys(user.id, at(99), soon())), 2U);
  EXPECT_EQ(run(ports().identities->count_live_api_keys(user.id, at(100), soon())), 1U);
  EXPECT_EQ(run(ports().identities->count_live_api_keys(other.id, at(99), soon())), 0U);
}

TEST_P(CatalogueContract, TheSharedSecretIsMadeOnceAndKept) {
  const auto secret = run(ports(0).identities->shared_secret(soon()));
  EXPECT_EQ(secret.size(), 32U);
  EXPECT_EQ(run(ports(1).identities->shared_secret(soon()), 1), secret);
  close();
  open();
  EXPECT_EQ(run(ports().identities->shared_secret(soon())), secret);
}

TEST_P(CatalogueContract, AGateIsReadWithEverythingThatDecidesIt) {
  const auto group = given_group_of(3);
  EXPECT_TRUE(read_gate(group, "1.0").outcomes.empty());
  EXPECT_FALSE(read_gate(group, "1.0").gate.has_value());
  const auto passed = make_event(receivers_[0], "1.0");
  const auto failed = make_event(receivers_[1], "1.0", false);
  const auto appended = must_append({passed, failed});
  must_append_one(make_event(receivers_[2], "2.0"));
  const auto reading = read_gate(group, "1.0");
  ASSERT_EQ(reading.outcomes.size(), 2U);
  const auto row = std::ranges::find(reading.outcomes, receivers_[1], &domain::OutcomeRow::receiver_id);
  ASSERT_NE(row, reading.outcomes.end());
  const domain::OutcomeRow expected{.artifact_id = failed.artifact_id,
                                    .receiver_id = receivers_[1],
                                    .passed = false,
                                    .event_id = failed.id,
                                    .position = appended[1].position,
                                    .at = failed.created_at};
  EXPECT_EQ(*row, expected);
  ASSERT_TRUE(reading.gate.has_value());
  EXPECT_EQ(reading.gate->state, domain::GateState::failing);
  EXPECT_EQ(reading.gate->group_id, group.id);
  EXPECT_EQ(reading.gate->artifact_id, failed.artifact_id);
  EXPECT_EQ(reading.gate->group_revision, group.gate_revision);
  EXPECT_FALSE(reading.gate->first_opened_at.has_value());
}

TEST_P(CatalogueContract, GatesAreListedStuckOnesFirst) {
  const auto group = given_group_of(2);
  sweep();
  for (const std::string version : {"open1", "open2", "pending1", "failing1", "pending2", "failing2"}) {
    auto first = make_event(receivers_[0], version, !version.starts_with("failing"));
    if (version.starts_with("open")) {
      must_append({first, make_event(receivers_[1], version)});
    } else {
      must_append_one(first);
    }
  }
  const std::vector<std::string> expected = {"failing1", "failing2", "pending1",
                                             "pending2", "open1",    "open2"};
  std::vector<std::string> listed;
  GateListQuery query{.group_id = group.id, .state = {}, .after = {}, .limit = 1};
  while (true) {
    const auto page = run(ports().gates->list(query, soon()));
    if (page.empty() || listed.size() > 10) break;
    listed.push_back(page[0].artifact.version);
    query.after = {page[0].gate.state, page[0].gate.since, page[0].gate.artifact_id};
  }
  EXPECT_EQ(listed, expected);
  query = {.group_id = group.id, .state = domain::GateState::pending, .after = {}, .limit = 10};
  EXPECT_EQ(run(ports().gates->list(query, soon())).size(), 2U);
  query = {.group_id = group.id, .state = {}, .after = {}, .limit = 4};
  EXPECT_EQ(run(ports().gates->list(query, soon())).size(), 4U);
}

TEST_P(CatalogueContract, GatesOfOneMomentPageByArtifact) {
  const auto group = given_group_of(2);
  std::vector<domain::Event> events;
  for (int i = 0; i < 20; ++i) events.push_back(make_event(receivers_[0], std::to_string(i)));
  must_append(events);
  std::vector<domain::ArtifactId> listed;
  GateListQuery query{.group_id = group.id, .state = {}, .after = {}, .limit = 3};
  while (true) {
    const auto page = run(ports().gates->list(query, soon()));
    for (const auto& one : page) listed.push_back(one.gate.artifact_id);
    if (page.size() < query.limit) break;
    query.after = {page.back().gate.state, page.back().gate.since, page.back().gate.artifact_id};
  }
  EXPECT_EQ(listed.size(), events.size());
  EXPECT_TRUE(std::ranges::is_sorted(listed));
}

TEST_P(CatalogueContract, AChangedGroupIsExactAtOnceAndSweptLater) {
  auto group = given_group_of(2);
  sweep();
  must_append({make_event(receivers_[0], "1.0"), make_event(receivers_[1], "1.0")});
  must_append_one(make_event(receivers_[0], "2.0"));
  const auto third = given_receiver("third");
  group.receiver_ids = {receivers_[0]};
  group = change(group);
  EXPECT_EQ(state_of(group, "2.0"), domain::GateState::open);
  EXPECT_TRUE(run(ports().gates->is_evaluating(group.id, soon())));
  EXPECT_TRUE(read_gate(group, "2.0").is_evaluating);
  EXPECT_EQ(read_gate(group, "2.0").gate->state, domain::GateState::pending);
  const auto before = position();
  sweep();
  EXPECT_FALSE(run(ports().gates->is_evaluating(group.id, soon())));
  EXPECT_EQ(read_gate(group, "2.0").gate->state, domain::GateState::open);
  EXPECT_EQ(read_gate(group, "2.0").gate->group_revision, group.gate_revision);
  EXPECT_EQ(position(), before + 1);
  const auto rows = timeline(make_event(receivers_[0], "2.0").artifact_id);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].row.kind, domain::JournalKind::gate_opened);
  EXPECT_EQ(rows[1].row.cause, domain::JournalCause::group_changed);
  // Now over a receiver that no artifact has heard of: what was open closes, though it has no outcome of it.
  group.receiver_ids = {third.id};
  group = change(group);
  sweep();
  const auto gate =
      run(ports().gates->read(make_event(third.id, "1.0").artifact_id, group.id, group.receiver_ids, soon()))
          .gate;
  ASSERT_TRUE(gate.has_value());
  EXPECT_EQ(gate->state, domain::GateState::pending);
}

TEST_P(CatalogueContract, ANewGroupIsSweptOverWhatIsStoredAlready) {
  given_group_of(1);
  std::vector<domain::Event> events;
  for (int i = 0; i < 600; ++i) events.push_back(make_event(receivers_[0], std::to_string(i), i % 3 != 0));
  must_append(events);
  auto group = make_group("late", receivers_);
  apply({PutGroup{group}});
  group = *catalogue_->find_group(group.id);
  const auto first = run(ports().gates->sweep_slice(catalogue_, at(10'000), soon()));
  EXPECT_TRUE(first.is_found);
  sweep();
  const auto open = run(ports().gates->list(
      {.group_id = group.id, .state = domain::GateState::open, .after = {}, .limit = 1'000}, soon()));
  EXPECT_EQ(open.size(), 400U);
  const auto failing = run(ports().gates->list(
      {.group_id = group.id, .state = domain::GateState::failing, .after = {}, .limit = 1'000}, soon()));
  EXPECT_EQ(failing.size(), 200U);
}

TEST_P(CatalogueContract, ASweepDoesNothingAgainstAnOldCatalogue) {
  given_group_of(1);
  must_append_one(make_event(receivers_[0], "1.0"));
  apply({PutGroup{make_group("late", receivers_)}});
  const auto old = catalogue_;
  given_receiver("other");
  const auto progress = run(ports().gates->sweep_slice(old, at(10'000), soon()));
  EXPECT_TRUE(progress.is_found);
  EXPECT_EQ(progress.artifacts, 0U);
}

}  // namespace xzepr::store::contract
