#include <random>

#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_fixture_test.hpp"
#include "store/postgres/tcp_proxy_test.hpp"
#include "store/store_contract_test.hpp"

namespace xzepr::store::contract {
namespace {

using namespace std::chrono_literals;
using postgres::TestDatabase;

std::uint16_t port_of(const std::string& url) {
  const auto host = url.rfind('@') + 1;
  const auto colon = url.find(':', host);
  return colon == std::string::npos ? 5432 : static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1)));
}

// The database, reached through a proxy that a test can make misbehave.
class ProxiedBackend final : public Backend {
 public:
  ProxiedBackend() : database_(postgres::make_migrated_database()), proxy_(port_of(database_->url())) {}

  [[nodiscard]] std::unique_ptr<Database> open() override {
    auto url = database_->url();
    const auto from = url.rfind('@') + 1;
    url.replace(from, url.find('/', from) - from, fmt::format("127.0.0.1:{}", proxy_.port()));
    return postgres::make_postgres_database(
        {.url = url, .max_connections = 9, .min_connections = 1, .shards = 2}, log_, metrics_, [] {});
  }
  postgres::TcpProxy& proxy() { return proxy_; }
  TestDatabase& database() { return *database_; }

 private:
  std::unique_ptr<TestDatabase> database_;
  postgres::TcpProxy proxy_;
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics_;
};

class PostgresFaults : public StoreContract {
 protected:
  ProxiedBackend& backend() { return static_cast<ProxiedBackend&>(*backend_); }
  std::int64_t count(const std::string& sql) {
    const auto connection = backend().database().connect();
    return std::stoll(postgres::ask(connection.get(), sql));
  }
  void do_sql(const std::string& sql) {
    const auto connection = backend().database().connect();
    postgres::execute_script(connection.get(), sql);
  }
  // Positions without gap or repeat, one journal row per event, each answer where its row stands.
  void expect_ledger(const std::vector<domain::Appended>& acknowledged) {
    EXPECT_EQ(count("SELECT count(*) FROM events"), static_cast<std::int64_t>(acknowledged.size()));
    EXPECT_EQ(count("SELECT count(*) FROM journal WHERE kind = 1"),
              static_cast<std::int64_t>(acknowledged.size()));
    EXPECT_EQ(count("SELECT count(*) - max(position) FROM journal"), 0);
    EXPECT_EQ(count("SELECT position FROM journal_head"), count("SELECT max(position) FROM journal"));
    for (const auto& one : acknowledged) {
      const auto sql = fmt::format("SELECT position FROM journal WHERE kind = 1 AND event_id = '{}'",
                                   to_uuid_string(one.id.value));
      EXPECT_EQ(count(sql), one.position);
    }
  }
};

// Cut inside the answer to the exchange that commits, at any byte: the caller is answered as if nothing had
// happened, and the event is stored once.
TEST_P(PostgresFaults, AConnectionCutInsideCommitHasExactlyOneEffect) {
  const auto group = given_group_of(2);
  std::vector<domain::Appended> acknowledged;
  std::mt19937 random(20260131);
  constexpr int cuts = 50;
  for (int round = 0; round < cuts; ++round) {
    backend().proxy().cut_answer_after(static_cast<int>(random() % 120));
    acknowledged.push_back(must_append_one(make_event(receivers_[random() % 2], std::to_string(round / 2))));
  }
  EXPECT_GE(backend().proxy().cuts(), cuts);
  expect_ledger(acknowledged);
}

// The client loses the line, asks, finds nothing, runs again: and only then the first COMMIT arrives.
TEST_P(PostgresFaults, ACommitThatArrivesAfterTheQuestionWinsOverTheSecondTry) {
  const auto receiver = given_receiver("build");
  std::vector<domain::Appended> acknowledged;
  for (const auto delay : {0ms, 50ms, 200ms, 400ms}) {
    backend().proxy().delay_commit(delay);
    acknowledged.push_back(must_append_one(make_event(receiver.id, "1.0")));
  }
  expect_ledger(acknowledged);
}

TEST_P(PostgresFaults, AKeyWhoseCommitWasCutAnswersFromTheFirst) {
  const auto receiver = given_receiver("build");
  std::vector<domain::Appended> acknowledged;
  for (int round = 0; round < 10; ++round) {
    auto first = unit_of({make_event(receiver.id, "1.0")});
    first.claim = claim_of(std::to_string(round), "body");
    auto again = unit_of({make_event(receiver.id, "1.0")});
    again.claim = first.claim;
    backend().proxy().cut_answer_after(round * 10);
    const auto one = std::get<std::vector<domain::Appended>>(append(std::move(first)));
    const auto two = std::get<std::vector<domain::Appended>>(append(std::move(again)));
    EXPECT_EQ(one.at(0).id, two.at(0).id);
    EXPECT_TRUE(two.at(0).is_replayed);
    acknowledged.push_back(one.at(0));
  }
  expect_ledger(acknowledged);
}

TEST_P(PostgresFaults, ReadsGoOnWhenTheirConnectionsAreKilled) {
  const auto receiver = given_receiver("build");
  const auto event = make_event(receiver.id, "1.0");
  must_append_one(event);
  for (int round = 0; round < 10; ++round) {
    (void)count(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()");
    EXPECT_TRUE(run(ports().events->find(event.id, soon())).has_value());
    EXPECT_TRUE(run(ports(1).events->find(event.id, soon()), 1).has_value());
    must_append_one(make_event(receiver.id, std::to_string(round)));
  }
}

TEST_P(PostgresFaults, WritersWhoseBackendsAreKilledLoseAndRepeatNothing) {
  const auto group = given_group_of(2);
  const auto killer = backend().database().connect();
  const auto kill_all = [&] {
    (void)postgres::ask(
        killer.get(),
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND application_name = 'xzepr'");
  };
  std::vector<domain::Appended> acknowledged;
  constexpr int rounds = 40;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::future<AppendOutcome>> answers;
    for (std::size_t i = 0; i < 8; ++i) {
      auto unit = unit_of({make_event(receivers_[i % 2], std::to_string(round))});
      const auto shard = i % shard_count;
      answers.push_back(spawn(ports(shard).events->append(std::move(unit)), shard));
    }
    // So many and no more: however slow the machine, the writers come through within their deadline.
    for (int kill = 0; kill < 3; ++kill) {
      kill_all();
      std::this_thread::sleep_for(std::chrono::milliseconds{round % 10});
    }
    for (auto& answer : answers) {
      auto outcome = answer.get();
      if (auto* appended = std::get_if<std::vector<domain::Appended>>(&outcome)) {
        acknowledged.push_back(appended->at(0));
      } else {
        EXPECT_EQ(code(outcome), "unavailable");  // known not to be stored
      }
    }
  }
  EXPECT_GT(acknowledged.size(), 0U);
  expect_ledger(acknowledged);
}

// Positions are given under the head's lock, so a transaction that is slow to commit holds the next one back:
// a reader who has seen position n never misses one below it.
TEST_P(PostgresFaults, CommitOrderIsPositionOrder) {
  const auto receiver = given_receiver("build");
  const auto before = position();
  const auto connection = backend().database().connect();
  postgres::execute_script(connection.get(),
                           "BEGIN; UPDATE journal_head SET position = position WHERE id = 1");
  auto waiting = spawn(ports().events->append(unit_of({make_event(receiver.id, "1.0")})));
  EXPECT_EQ(waiting.wait_for(300ms), std::future_status::timeout);
  EXPECT_EQ(position(), before);
  postgres::execute_script(connection.get(), "COMMIT");
  EXPECT_EQ(std::get<std::vector<domain::Appended>>(waiting.get()).at(0).position, before + 1);
}

// A second reader polls while two shards write: what it sees never grows a row below what it saw.
TEST_P(PostgresFaults, AReaderThatPollsByPositionSkipsNothing) {
  const auto receiver = given_receiver("build");
  std::atomic<bool> is_done = false;
  std::int64_t gaps = 0;
  std::thread poller([&] {
    const auto connection = backend().database().connect();
    std::int64_t seen = 0;
    while (true) {
      const bool was_done = is_done;
      const auto rows = postgres::execute(
          connection.get(), "SELECT position FROM journal WHERE position > $1::bigint ORDER BY position",
          postgres::Params().int8(seen));
      for (int row = 0; row < rows.size(); ++row) {
        if (rows.int8(row, 0) != ++seen) ++gaps;
      }
      if (was_done && rows.is_empty()) return;
    }
  });
  std::vector<std::future<AppendOutcome>> answers;
  for (std::size_t i = 0; i < 2'000; ++i) {
    const auto shard = i % shard_count;
    answers.push_back(spawn(
        ports(shard).events->append(unit_of({make_event(receiver.id, std::to_string(i % 50))})), shard));
  }
  for (auto& answer : answers)
    EXPECT_TRUE(std::holds_alternative<std::vector<domain::Appended>>(answer.get()));
  is_done = true;
  poller.join();
  EXPECT_EQ(gaps, 0);
}

TEST_P(PostgresFaults, ANodeThatStallsInsideTheLockIsCutAndHoldsNobodyForLong) {
  const auto receiver = given_receiver("build");
  const auto stalled = backend().database().connect();
  postgres::execute_script(stalled.get(), "SET idle_in_transaction_session_timeout = '1s'; BEGIN");
  postgres::execute_script(stalled.get(), "SELECT position FROM journal_head WHERE id = 1 FOR UPDATE");
  const auto begun = std::chrono::steady_clock::now();
  must_append_one(make_event(receiver.id, "1.0"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST_P(PostgresFaults, ALockedTableIsUnavailableAndThenItIsNot) {
  const auto receiver = given_receiver("build");
  const auto locker = backend().database().connect();
  postgres::execute_script(locker.get(), "BEGIN; LOCK TABLE journal_head IN ACCESS EXCLUSIVE MODE");
  auto unit = unit_of({make_event(receiver.id, "1.0")});
  unit.deadline = Deadline::after(2s);
  EXPECT_NE(code(append(std::move(unit))), "");
  postgres::execute_script(locker.get(), "ROLLBACK");
  must_append_one(make_event(receiver.id, "1.0"));
}

TEST_P(PostgresFaults, WhatTheDatabaseRefusesIsRefusedAlone) {
  const auto receiver = given_receiver("build");
  auto nul_in_text = make_event(receiver.id, "1.0");
  nul_in_text.description = std::string("a\0b", 3);
  auto nul_in_payload = make_event(receiver.id, "1.0");
  nul_in_payload.payload = R"({"a":"\u0000"})";
  auto too_long = make_event(receiver.id, "1.0");
  too_long.artifact.name = std::string(256, 'n');
  auto unknown_receiver = make_event(ReceiverId{ids_.next(at(0))}, "1.0");
  std::vector<AppendUnit> units;
  for (const auto& event :
       {nul_in_text, nul_in_payload, make_event(receiver.id, "1.0"), too_long, unknown_receiver})
    units.push_back(unit_of({event}));
  const auto outcomes = run(ports().events->append_each(std::move(units)));
  ASSERT_EQ(outcomes.size(), 5U);
  for (const std::size_t refused : {0U, 1U, 3U, 4U}) EXPECT_EQ(code(outcomes[refused]), "event_refused");
  EXPECT_EQ(code(outcomes[2]), "");
  EXPECT_EQ(count("SELECT count(*) FROM events"), 1);
}

TEST_P(PostgresFaults, ACatalogueChangeWhoseBackendIsKilledIsThereOnceOrNotAtAll) {
  for (int round = 0; round < 10; ++round) {
    const auto before = revision();
    backend().proxy().cut_answer_after(round * 7);
    CatalogueChange change{.expected_revision = before,
                           .writes = {PutReceiver{make_receiver("r" + std::to_string(round))}},
                           .journal = {},
                           .claim = std::nullopt,
                           .answer = {},
                           .deadline = soon()};
    EXPECT_THROW((void)run(ports().catalogue->apply(std::move(change))), Fault);
    EXPECT_LE(revision(), before + 1);
  }
}

const Param through_a_proxy{.name = "postgres", .make = [] { return std::make_unique<ProxiedBackend>(); }};
INSTANTIATE_TEST_SUITE_P(Postgres, PostgresFaults, testing::Values(through_a_proxy));

}  // namespace
}  // namespace xzepr::store::contract
