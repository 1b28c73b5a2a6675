#include <gtest/gtest.h>

#include "store/postgres/append_sql.hpp"
#include "store/postgres/event_finder.hpp"
#include "store/postgres/event_query.hpp"
#include "store/postgres/gate_store.hpp"
#include "store/postgres/journal_store.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_fixture_test.hpp"
#include "store/postgres/search_store.hpp"
#include "store/postgres/sink_store.hpp"
#include "store/postgres/webhook_store.hpp"
#include "store/store_contract_test.hpp"

namespace xzepr::store::postgres {
namespace {

constexpr int events_stored = 300'000;

// Events of 100,000 artifacts by three receivers of one gate, as the write path would have stored them.
void fill(const TestDatabase& database) {
  const auto connection = database.connect();
  const auto sql = fmt::format(R"(
INSERT INTO event_receivers SELECT md5('r' || n)::uuid, 'r' || n, 'r' || n, '1', '', '{{}}', '{{}}', '', true, 'o', 1, now(), now() FROM generate_series(0, 2) AS n;
INSERT INTO event_receiver_groups VALUES (md5('g')::uuid, 'g', 'g', '1', '', true, 'o', 1, 1, now(), now());
INSERT INTO group_receivers SELECT md5('g')::uuid, md5('r' || n)::uuid, n FROM generate_series(0, 2) AS n;
CREATE TEMP TABLE source AS
SELECT n, n / 3 AS a, md5('a' || n / 3)::uuid AS artifact_id, md5('r' || n % 3)::uuid AS receiver_id,
       (lpad(to_hex(1767225600000 + n), 12, '0') || substr(md5('e' || n), 1, 20))::uuid AS id,
       to_timestamp(1767225600 + n / 1000.0) AS at
FROM generate_series(0, {} - 1) AS n;
INSERT INTO events SELECT id, receiver_id, 'name-' || a % 1000, '1.' || a, '1', CASE WHEN a % 10000 = 7 THEN 'rare' ELSE 'amd64' END, 'deb', '', '{{}}', n % 100 <> 0, at, at, at, at, artifact_id, md5('u')::uuid, 1 FROM source ORDER BY id;
INSERT INTO artifacts OVERRIDING SYSTEM VALUE SELECT a * 3 + 1, artifact_id, 'name-' || a % 1000, '1.' || a, '1', 'amd64', 'deb', at FROM source WHERE n % 3 = 0 ORDER BY n;
SELECT setval(pg_get_serial_sequence('artifacts', 'artifact_no'), {});
INSERT INTO outcomes SELECT a * 3 + 1, receiver_id, n % 100 <> 0, id, n + 1, at FROM source ORDER BY n;
INSERT INTO gates SELECT a * 3 + 1, md5('g')::uuid, artifact_id, 1 + a % 3, 1, at, NULL FROM source WHERE n % 3 = 0 ORDER BY n;
INSERT INTO journal SELECT n + 1, md5('j' || n)::uuid, 1, 1, a * 3 + 1, id, receiver_id, 1, NULL, 0, NULL, at FROM source ORDER BY n;
INSERT INTO sinks VALUES ('kafka', 0, '', 1, NULL);
INSERT INTO dead_letters SELECT md5('d' || n)::uuid, 'kafka', n, md5('j' || n)::uuid, 1, '', 1, '', 1, at, NULL FROM source WHERE n % 10 = 0;
INSERT INTO webhooks SELECT md5('w' || n)::uuid, 'w' || n, '', '', NULL, NULL, NULL, NULL, '', true, '', NULL, 0, '', 1, now(), now(), NULL FROM generate_series(0, 99) AS n;
INSERT INTO webhook_deliveries SELECT md5('v' || n)::uuid, md5('w' || n / 5 % 100)::uuid, 1, n + 1, md5('j' || n)::uuid, 1, 'k' || a, n % 3, 1, 1, at, CASE WHEN n % 3 = 0 THEN at END, CASE WHEN n % 3 > 0 THEN at END, 204, '', 1 FROM source WHERE n % 5 = 0;
INSERT INTO idempotency_keys SELECT md5(n::text)::uuid, '\x00', '', at FROM source;
INSERT INTO event_terms SELECT n + 1, id, ('app word' || n % 1000)::tsvector FROM source WHERE n + 10 < (SELECT count(*) FROM source) ORDER BY n;
UPDATE search_index SET position = {} - 10;
UPDATE journal_head SET position = {}, catalogue_revision = 1;
)",
                               events_stored, events_stored, events_stored, events_stored);
  execute_script(connection.get(), sql);
}

enum class Size : std::uint8_t { empty, analyzed_empty, large };

TestDatabase& filled_database() {
  static const auto filled = [] {
    auto made = make_migrated_database();
    fill(*made);
    execute_script(made->connect().get(), "VACUUM ANALYZE");
    return made;
  }();
  return *filled;
}

class Plans : public testing::TestWithParam<Size> {
 protected:
  static TestDatabase& database(Size size) {
    static const auto never_seen = make_migrated_database();
    static const auto known_empty = [] {
      auto made = make_migrated_database();
      execute_script(made->connect().get(), "ANALYZE");
      return made;
    }();
    if (size == Size::large) return filled_database();
    return size == Size::empty ? *never_seen : *known_empty;
  }

  static std::string lines(const Rows& rows) {
    std::string text;
    for (int row = 0; row < rows.size(); ++row) text += rows.text(row, 0) + "\n";
    return text;
  }
  // As a session of that kind has planned it once and for all.
  [[nodiscard]] std::string generic_plan(SessionKind kind, const Statement& statement) const {
    const auto connection = database(GetParam()).connect();
    execute(connection.get(), settings_sql(kind));
    execute_script(connection.get(), "SET plan_cache_mode = force_generic_plan");
    execute_script(connection.get(), fmt::format("PREPARE one AS {}", statement.sql));
    const std::string sql(statement.sql);
    int count = 0;
    while (sql.find(fmt::format("${}::", count + 1)) != std::string::npos) ++count;
    std::string nulls;
    for (int i = 0; i < count; ++i) nulls += i == 0 ? "(NULL" : ", NULL";
    return lines(
        execute(connection.get(), fmt::format("EXPLAIN EXECUTE one{}", count == 0 ? "" : nulls + ")")));
  }
  [[nodiscard]] std::string plan(const PlannedQuery& query) const {
    const auto connection = database(GetParam()).connect();
    execute(connection.get(), settings_sql(SessionKind::read));
    return lines(execute(connection.get(), "EXPLAIN " + query.sql, query.params));
  }
};

void expect_no_scan(const std::string& plan, const std::string& what) {
  EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << what << "\n" << plan;
}

// Prepared once for the life of a connection, perhaps while the tables were empty: it must be right when they
// are large.
void expect_only_lookups(const std::string& plan, const std::string& what) {
  expect_no_scan(plan, what);
  for (auto at = plan.find("Index Scan"); at != std::string::npos; at = plan.find("Index Scan", at + 1)) {
    const auto line = plan.find('\n', at);
    EXPECT_EQ(plan.find("Index Cond", line), plan.find_first_not_of(" \n", line)) << what << "\n" << plan;
  }
}

TEST_P(Plans, WhatIsPreparedFindsEveryRowByItsKey) {
  for (const auto* statement : append_statements())
    expect_only_lookups(generic_plan(SessionKind::write, *statement), statement->name);
  for (const auto* statement : artifact_state_statements())
    expect_only_lookups(generic_plan(SessionKind::write, *statement), statement->name);
  expect_only_lookups(generic_plan(SessionKind::read, read_gate_statement()), "read_gate");
  expect_only_lookups(generic_plan(SessionKind::read, find_events_statement()), "find_events");
  for (const auto* statement : journal_statements())
    expect_only_lookups(generic_plan(SessionKind::read, *statement), statement->name);
  for (const auto* statement : sink_statements())
    expect_only_lookups(generic_plan(SessionKind::read, *statement), statement->name);
  for (const auto* statement : webhook_statements())
    expect_only_lookups(generic_plan(SessionKind::read, *statement), statement->name);
}

TEST_P(Plans, EveryListHasAnIndex) {
  EventQuery base;
  const auto receiver = ReceiverId{Ulid{}};
  std::vector<std::pair<std::string, EventQuery>> queries(12, {"", base});
  std::size_t at = 0;
  const auto next = [&](std::string name) -> EventQuery& {
    queries[at].first = std::move(name);
    return queries[at++].second;
  };
  next("all");
  next("ascending").order = SortOrder::ascending;
  next("after").after = EventId{Ulid{}};
  next("version").version = "1.7";
  next("platform").platform_id = "rare";
  next("package").package = "none";
  next("failed").success = false;
  next("passed").success = true;
  next("since").since = TimePoint{};
  next("until").until = TimePoint{};
  next("start").start_since = TimePoint{};
  next("receivers").receivers = {receiver};
  for (const auto& [name, query] : queries) expect_no_scan(plan(event_list(query)), name);
  EventQuery named;
  named.name = "name-7";
  expect_no_scan(plan(artifacts_named(named)), "artifacts of a name");
  const std::vector<std::int64_t> numbers{1, 4};
  expect_no_scan(plan(event_list(named, numbers)), "events of artifacts");

  expect_no_scan(plan(event_count(named, numbers)), "count of events of artifacts");
  // To count what no index leads to, all is looked at.
  for (const auto& [name, query] : queries) {
    const bool has_index = query.platform_id || query.package || query.success == false || query.since ||
                           query.until || query.start_since || query.receivers;
    if (has_index) expect_no_scan(plan(event_count(query)), "count of " + name);
  }
  const domain::SearchTerms terms{.all = {"app"}, .prefix = "word7", .payload = {"_0"}};
  expect_no_scan(plan(filed_events(terms, 10'001)), "filed under terms");
  expect_no_scan(plan(events_not_filed(10'001)), "not filed");
  expect_no_scan(plan(next_events(7, 100)), "to be filed");

  ArtifactQuery artifacts;
  expect_no_scan(plan(artifact_list(artifacts)), "artifacts");
  expect_no_scan(plan(artifact_count(artifacts)), "count of artifacts");
  artifacts.name = "name-7";
  expect_no_scan(plan(artifact_list(artifacts)), "artifacts by name");
  artifacts.receivers = {receiver};
  expect_no_scan(plan(artifact_list(artifacts)), "artifacts by name and receiver");
  expect_no_scan(plan(artifacts_of_receivers(artifacts)), "artifacts of receivers");
  expect_no_scan(plan(artifact_list(artifacts, numbers)), "artifacts by number");

  GateListQuery gates;
  expect_no_scan(plan(gate_list(gates)), "gates");
  expect_no_scan(plan(gate_count(gates)), "count of gates");
  gates.state = domain::GateState::open;
  gates.after = GateListQuery::After{.state = domain::GateState::open, .since = {}, .artifact_id = {}};
  expect_no_scan(plan(gate_list(gates)), "gates after");
}

INSTANTIATE_TEST_SUITE_P(Postgres, Plans, testing::Values(Size::empty, Size::analyzed_empty, Size::large),
                         [](const auto& one) {
                           switch (one.param) {
                             case Size::empty: return "Empty";
                             case Size::analyzed_empty: return "KnownToBeEmpty";
                             case Size::large: return "Large";
                           }
                           return "";
                         });

// The server's own count: everything that the ports do, on a large database, without one scan of a large
// table.
class FilledBackend final : public contract::Backend {
 public:
  FilledBackend() : database_(std::make_unique<TestDatabase>(filled_database().name())) {}
  [[nodiscard]] std::unique_ptr<Database> open() override {
    return make_postgres_database(
        {.url = database_->url(), .max_connections = 9, .min_connections = 1, .shards = 2}, log_, metrics_,
        [] {});
  }
  TestDatabase& database() { return *database_; }

 private:
  std::unique_ptr<TestDatabase> database_;
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics_;
};

class LargeDatabase : public contract::StoreContract {
 protected:
  void drive_webhooks(const std::vector<domain::Webhook>& webhooks) {
    using namespace std::chrono_literals;
    const auto soon = [] { return contract::soon(); };
    auto& store = *ports().webhooks;
    const auto webhook = webhooks[0].id;
    EXPECT_TRUE(run(store.next_due({}, soon())).has_value());
    const auto all =
        run(store.list_deliveries({.webhook = webhook, .status = {}, .after = {}, .limit = 9}, soon()));
    EXPECT_EQ(all.size(), 9U);
    EXPECT_GT(run(store.replay(all, soon())), 0U);
    EXPECT_EQ(run(store.replay_failed(webhook, 5, soon())), 5U);
    const auto claimed = run(store.claim({{.webhook = webhook, .attempts = 4}}, 1s, soon()));
    ASSERT_EQ(claimed.size(), 4U);
    std::vector<AttemptOutcome> outcomes;
    for (const auto& one : claimed)
      outcomes.push_back({.delivery = one.id,
                          .webhook = webhook,
                          .key = one.key,
                          .claim = one.claims,
                          .status = domain::DeliveryStatus::delivered,
                          .works = true});
    run(store.settle(outcomes, soon()));
    const auto lease =
        run(ports().sinks->take_lease({.sink = "webhooks", .owner = "a", .duration = 1s}, soon()));
    auto fresh = all[0];
    fresh.position = 0;
    fresh.id = domain::DeliveryId{ids_.next(contract::at(0))};
    EXPECT_TRUE(run(store.feed({.sink = "webhooks", .epoch = lease->epoch}, events_stored, {fresh}, soon())));
    EXPECT_EQ(run(store.remove_old_deliveries(contract::at(100'000'000), 5, soon())), 5U);
  }
};

TEST_P(LargeDatabase, NothingThePortsDoScansALargeTable) {
  auto& database = static_cast<FilledBackend&>(*backend_).database();
  const auto soon = [] { return contract::soon(); };
  execute(database.connect().get(), "SELECT pg_stat_reset()");
  take_snapshot();
  const auto receivers = catalogue_->groups().front().receiver_ids;
  const auto group = catalogue_->groups().front().id;

  auto unit = unit_of({make_event(receivers[0], "new")});
  unit.claim = claim_of("7", "body");
  const auto artifact = unit.events[0].artifact_id;
  const auto id = unit.events[0].id;
  append(std::move(unit));
  must_append({make_event(receivers[1], "new"), make_event(receivers[2], "new", false),
               make_event(receivers[2], "other")});
  (void)run(ports().events->find(id, soon()));
  (void)run(ports().events->find_replay(claim_of("7", "body"), soon()));
  (void)run(ports().gates->read(artifact, group, receivers, soon()));
  (void)run(ports().gates->list({.group_id = group}, soon()));
  (void)run(ports().artifacts->find(artifact, soon()));
  EXPECT_EQ(timeline(artifact).size(), 3U);
  EventQuery by_name;
  by_name.name = "name-7";
  EXPECT_EQ(run(ports().events->list(by_name, soon())).size(), by_name.limit);
  ArtifactQuery by_receiver;
  by_receiver.receivers = {receivers[0]};
  EXPECT_EQ(run(ports().artifacts->list(by_receiver, soon())).size(), by_receiver.limit);

  const domain::EventSearch search("app word", {});
  (void)run(ports().search->candidates(domain::terms_of(search), 10'000, soon()));
  EXPECT_GT(run(ports().search->index_slice(soon())).events, 0U);
  (void)run(ports().search->read({id}, soon()));

  const store::JournalRange range{.after = events_stored / 2, .rows_max = 100, .bytes_max = 1'000'000};
  EXPECT_EQ(run(ports().journal->read(range, soon())).size(), 100U);
  (void)run(ports().journal->extent(soon()));
  EXPECT_EQ(run(ports().sinks->list_dead_letters({.sink = "kafka", .limit = 7}, soon())).size(), 7U);
  (void)run(ports().sinks->list_resends("kafka", 7, soon()));
  const auto webhooks = run(ports().webhooks->list_webhooks({}, 7, soon()));
  EXPECT_EQ(webhooks.size(), 7U);
  drive_webhooks(webhooks);

  auto changed = *catalogue_->find_group(group);
  changed.receiver_ids.pop_back();
  changed.gate_revision = -1;
  ++changed.resource_version;
  apply({PutGroup{changed}});
  for (int slice = 0; slice < 3; ++slice)
    EXPECT_EQ(run(ports().gates->sweep_slice(catalogue_, contract::at(0), soon())).artifacts, 500U);
  CatalogueChange gone{.expected_revision = revision(),
                       .writes = {DeleteReceiver{receivers[0]}},
                       .journal = {},
                       .claim = std::nullopt,
                       .answer = {},
                       .deadline = soon()};
  EXPECT_TRUE(std::holds_alternative<Error>(run(ports().catalogue->apply(std::move(gone)))));
  apply({DeleteGroup{group}});
  close();

  const auto scans = ask(database.connect().get(), R"(
SELECT coalesce(string_agg(relname || ' ' || seq_scan, ', '), '') FROM pg_stat_user_tables WHERE seq_scan > 0
AND relname IN ('events', 'artifacts', 'outcomes', 'gates', 'journal', 'idempotency_keys', 'dead_letters', 'webhook_deliveries'))");
  EXPECT_EQ(scans, "");
}

const contract::Param on_filled{.name = "postgres", .make = [] { return std::make_unique<FilledBackend>(); }};
INSTANTIATE_TEST_SUITE_P(Postgres, LargeDatabase, testing::Values(on_filled));

}  // namespace
}  // namespace xzepr::store::postgres
