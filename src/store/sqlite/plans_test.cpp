// Every statement that the server runs again and again is explained on an empty and on a large database: none
// may scan a table, whatever the planner thinks of it.
#include <algorithm>

#include <fmt/format.h>
#include <sqlite3.h>

#include "store/sqlite/artifact_reader.hpp"
#include "store/sqlite/event_list.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite/scratch_test.hpp"
#include "store/sqlite/tables.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr int many = 20'000;

void fill(const std::string& path) {
  Connection connection(path, Access::write, 32'000'000);
  const Transaction transaction(connection);
  connection.run(fmt::format(R"(
    INSERT INTO event_receivers VALUES (zeroblob(16), 'r', 't', '1', '', '{{}}', '{{}}', '', 1, '', 1, 0, 0);
    CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n;
    INSERT INTO artifacts SELECT i, randomblob(16), 'app' || (i % 50), i, '1', 'amd64', 'deb', i FROM n;
    INSERT INTO events SELECT i, randomblob(16), i, zeroblob(16), 'app' || (i % 50), i, '1', 'amd64', 'deb', '', '{{}}',
      i % 9 > 0, i, i, zeroblob(16), 1, i, zeroblob(16) FROM n;
    INSERT INTO journal SELECT i, randomblob(16), 1, 1, i, randomblob(16), zeroblob(16), 1, NULL, 0, NULL, i FROM n;
    INSERT INTO outcomes SELECT zeroblob(16), i, 1, randomblob(16), i, i FROM n;
    INSERT INTO gates SELECT zeroblob(16), i, randomblob(16), 1 + i % 3, 1, i, NULL FROM n;
    INSERT INTO idempotency_keys SELECT i, randomblob(16), zeroblob(32), '', i FROM n;
    ANALYZE;)",
                             many));
}

std::vector<std::string> plan_of(Connection& connection, const std::string& sql) {
  Statement statement(connection, "EXPLAIN QUERY PLAN " + sql);
  std::vector<std::string> steps;
  auto rows = statement.query();
  while (rows.next()) steps.push_back(rows.text(3));
  return steps;
}

void expect_no_scan(Connection& connection, const std::string& sql) {
  for (const auto& step : plan_of(connection, sql)) {
    // Constant rows, and the result of a subquery, are no table. "M": FTS5 looks terms up.
    const bool is_scan = step.starts_with("SCAN") && step != "SCAN CONSTANT ROW" &&
                         !step.starts_with("SCAN (subquery") && !step.contains("VIRTUAL TABLE INDEX 0:M");
    EXPECT_FALSE(is_scan) << step << " in " << sql;
  }
}

/// Every combination of filters that changes a list's text, with the index that leads.
std::vector<std::string> list_texts() {
  std::vector<std::string> texts;
  const TimePoint time{};
  const std::vector<EventQuery> queries = {
      {},
      {.version = "1"},
      {.success = true},
      {.since = time, .until = time},
      {.start_since = time},
      {.end_until = time},
      {.start_since = time, .end_until = time, .order = SortOrder::ascending},
      {.name = "a"},
      {.name = "a", .version = "1", .release = "1", .platform_id = "p", .package = "d", .success = false}};
  for (const auto& query : queries) {
    const auto range = id_range(query, 0, 0);
    texts.push_back(list_sql(query, ListPath::id, range, {}, 50).text);
    texts.push_back(list_sql(query, ListPath::receiver, range, ReceiverId{}, 50).text);
    if (query.name) texts.push_back(list_sql(query, ListPath::artifacts, range, {}, 50).text);
    if (query.success == false) texts.push_back(list_sql(query, ListPath::failed, range, {}, 50).text);
    if (query.package) texts.push_back(list_sql(query, ListPath::package, range, {}, 50).text);
    if (query.platform_id) texts.push_back(list_sql(query, ListPath::platform, range, {}, 50).text);
    if (query.start_since || query.end_until)
      texts.push_back(list_sql(query, ListPath::time, range, {}, 50).text);
    for (const auto what : {CountOf::rows, CountOf::receivers})
      texts.push_back(count_sql(query, ListPath::id, range, {}, what).text);
    texts.push_back(count_sql(query, ListPath::receiver, range, ReceiverId{}, CountOf::rows).text);
    if (query.name)
      texts.push_back(count_sql(query, ListPath::artifacts, range, {}, CountOf::receivers).text);
  }
  for (const auto& query :
       std::vector<ArtifactQuery>{{}, {.name = "a"}, {.name = "a", .version = "1"}, {.package = "d"}})
    texts.insert(texts.end(), {artifact_list_text(query), artifact_count_text(query)});
  return texts;
}

/// The texts of all statements that a connection keeps, without those by which FTS5 reads its own tables.
std::vector<std::string> kept_texts(const Connection& connection) {
  std::vector<std::string> texts;
  for (auto* one = sqlite3_next_stmt(connection.handle(), nullptr); one != nullptr;
       one = sqlite3_next_stmt(connection.handle(), one)) {
    const std::string text = sqlite3_sql(one);
    if (!text.contains("'event_terms_") && !text.starts_with("PRAGMA")) texts.push_back(text);
  }
  return texts;
}

void read_everything(Reader& reader) {
  (void)reader.events.find(EventId{});
  (void)reader.events.find_replay({.key = {}});
  (void)reader.events.list({.name = "app1", .since = TimePoint{}});
  (void)reader.events.list({.name = "app1", .version = "1"});
  (void)reader.events.list({.start_since = TimePoint{}});
  (void)reader.gates.read({}, {}, {ReceiverId{}});
  (void)reader.gates.list({.group_id = {}, .state = {}, .after = {}});
  (void)reader.artifacts.find({});
  (void)reader.artifacts.list({.receivers = {{ReceiverId{}}}, .limit = 1});
  (void)reader.artifacts.timeline({}, 0, 1);
  (void)reader.events.count({.name = "app1"});
  (void)reader.gates.count({.group_id = {}, .state = {}, .after = {}});
  (void)reader.search.candidates({.all = {"app1"}, .prefix = "a", .payload = {"_0"}}, 10);
  (void)reader.search.next_slice();
  (void)reader.journal.extent();
  (void)reader.journal.read({.after = 1, .rows_max = 2, .bytes_max = 1'000});
  (void)reader.journal.read({.after = 0, .rows_max = 2, .bytes_max = 1'000});
  (void)reader.sinks.list_sinks();
  (void)reader.sinks.list_dead_letters({.sink = "kafka"});
  (void)reader.sinks.list_dead_letters({.sink = "kafka", .after = domain::DeadLetterId{}});
  (void)reader.sinks.count_dead_letters("kafka");
  (void)reader.sinks.find_dead_letter({});
  (void)reader.sinks.list_resends("kafka", 1);
  (void)reader.webhooks.list_webhooks({}, 1);
  (void)reader.webhooks.list_webhooks(domain::WebhookId{}, 1);
  (void)reader.webhooks.count_webhooks();
  (void)reader.webhooks.find_webhook(domain::WebhookId{});
  (void)reader.webhooks.find_webhook("one");
  for (const auto status :
       {std::optional<domain::DeliveryStatus>(), std::optional(domain::DeliveryStatus::failed)}) {
    (void)reader.webhooks.list_deliveries({.webhook = {}, .status = status, .after = {}, .limit = 1});
    (void)reader.webhooks.count_deliveries({.webhook = {}, .status = status});
  }
  (void)reader.webhooks.find_delivery({});
  (void)reader.webhooks.next_due({});
  (void)reader.identities.count_api_keys(UserId{});
  (void)reader.identities.count_live_api_keys(UserId{}, {});
  (void)reader.catalogue.head();
  (void)reader.identities.find_credential({});
  (void)reader.identities.find_user("ada");
  (void)reader.identities.find_user(UserId{});
  (void)reader.identities.has_admin();
  (void)reader.identities.find_api_key(ApiKeyId{});
  (void)reader.identities.list_api_keys({}, {}, 1);
  (void)reader.identities.list_api_keys(UserId{}, {}, 1);
  (void)reader.identities.shared_secret();
}

/// In a transaction that is rolled back.
void write_everything(Connection& connection, Tables& tables) {
  const Transaction transaction(connection);
  connection.run(
      "INSERT OR IGNORE INTO event_receivers VALUES (zeroblob(16), 'r', 't', '1', '', '{}', '{}', '', 1, '', "
      "1, 0, 0)");
  constexpr std::int64_t position = 1'000'000;
  domain::Event event;
  event.id.value.bytes.fill(1);
  event.artifact_id.bytes.fill(1);
  (void)tables.find_artifact(event.artifact_id);
  const auto artifact_no = tables.insert_artifact(event);
  (void)tables.artifact_id(artifact_no);
  tables.insert_event(event, artifact_no, position);
  tables.insert_journal({.position = position, .satisfying = {event.id}}, artifact_no);
  tables.write_outcome({.artifact_id = event.artifact_id}, artifact_no);
  (void)tables.find_outcome({}, artifact_no);
  tables.write_gate({.artifact_id = event.artifact_id}, artifact_no);
  (void)tables.find_gate({}, artifact_no);
  tables.insert_claim({.key = {}}, "[]", TimePoint{});
  (void)tables.find_claim({.key = {}});
  auto head = tables.read_head();
  tables.write_head(head);
}

void drive(SinkWriter& sinks) {
  using namespace std::chrono_literals;
  EXPECT_TRUE(sinks.take_lease({.sink = "kafka", .owner = "a", .duration = 1s}).has_value());
  EXPECT_TRUE(sinks.renew_lease({.sink = "kafka", .epoch = 1}, 1s));
  EXPECT_TRUE(sinks.bury({.sink = "kafka", .epoch = 1}, {.sink = "kafka", .position = 1}));
  EXPECT_TRUE(sinks.request_resend({}, TimePoint{}));
  sinks.give_up_resend({}, "");
  sinks.remove_dead_letter({});
  sinks.release_lease({.sink = "kafka", .epoch = 1});
}

void drive(WebhookWriter& webhooks) {
  using namespace std::chrono_literals;
  (void)webhooks.feed({.sink = "kafka", .epoch = 1}, 2, {{.position = 1}});
  (void)webhooks.replay({{.position = 1}});
  (void)webhooks.replay_failed({}, 1);
  (void)webhooks.claim({{.webhook = {}, .attempts = 1}}, 1s);
  webhooks.settle({{.works = true}, {.works = false}});
  (void)webhooks.disable({}, "");
  (void)webhooks.remove_old_deliveries({}, 1);
}

class Plans : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) fill(scratch_.path());
  }
  Scratch scratch_;
};

TEST_P(Plans, NoListScans) {
  Connection connection(scratch_.path(), Access::read, 1'000'000);
  for (const auto& text : list_texts()) expect_no_scan(connection, text);
}

TEST_P(Plans, ListsInTheOrderOfTheirIndexDoNotSort) {
  Connection connection(scratch_.path(), Access::read, 1'000'000);
  const EventQuery query{.platform_id = "p", .package = "d", .success = false};
  for (const auto path :
       {ListPath::id, ListPath::receiver, ListPath::failed, ListPath::platform, ListPath::package}) {
    const auto receiver = path == ListPath::receiver ? std::optional(ReceiverId{}) : std::nullopt;
    const auto text = list_sql(query, path, id_range(query, 0, 0), receiver, 50).text;
    for (const auto& step : plan_of(connection, text))
      EXPECT_EQ(step.find("TEMP B-TREE"), std::string::npos) << text;
  }
}

TEST_P(Plans, NoKeptStatementOfAReaderScans) {
  Reader reader(scratch_.path(), 1'000'000);
  read_everything(reader);
  const auto texts = kept_texts(reader.connection);
  EXPECT_GT(texts.size(), 20U);
  for (const auto& text : texts) expect_no_scan(reader.connection, text);
}

TEST_P(Plans, NoKeptStatementOfTheWriterScans) {
  Connection connection(scratch_.path(), Access::write, 1'000'000);
  Tables tables(connection);
  write_everything(connection, tables);
  const SystemClock clock;
  SinkWriter sinks(connection, clock);
  drive(sinks);
  WebhookWriter webhooks(connection, clock);
  drive(webhooks);
  // Its statements but the first, which looks at the few sweeps there are.
  for (const std::string text :
       {"SELECT artifact_no FROM outcomes WHERE receiver_id = ? AND artifact_no > ? ORDER BY artifact_no "
        "LIMIT ?",
        "SELECT artifact_no FROM gates WHERE group_id = ? AND artifact_no > ? ORDER BY artifact_no LIMIT ?"})
    expect_no_scan(connection, text);
  const auto texts = kept_texts(connection);
  EXPECT_GT(texts.size(), 12U);
  for (const auto& text : texts) expect_no_scan(connection, text);
}

INSTANTIATE_TEST_SUITE_P(Store, Plans, testing::Values(false, true), [](const auto& tested) {
  return std::string(tested.param ? "OnALargeDatabase" : "OnAnEmptyDatabase");
});

}  // namespace
}  // namespace xzepr::store::sqlite
