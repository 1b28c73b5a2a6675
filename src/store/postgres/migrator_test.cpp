#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "store/event_store.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_fixture_test.hpp"

namespace xzepr::store::postgres {
namespace {

// Everything that a schema is, as sorted lines.
std::string shape_of(const TestDatabase& database) {
  const auto connection = database.connect();
  return ask(connection.get(), R"(
SELECT string_agg(line, E'\n' ORDER BY line) FROM (
  SELECT format('column %s.%s %s %s %s %s', table_name, column_name, ordinal_position, data_type || coalesce(character_maximum_length::text, ''), is_nullable, coalesce(column_default, '') || coalesce(collation_name, '')) AS line
  FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('constraint %s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT format('options %s %s', relname, reloptions) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL
  UNION ALL SELECT format('head %s', h) FROM journal_head AS h) AS lines)");
}

std::string file(const std::string& name) {
  std::ifstream in(std::string(XZEPR_SOURCE_DIR) + "/migrations/postgres/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(PostgresMigrations, TheStepsOneByOneAreTheSchemaFile) {
  const TestDatabase stepped;
  ASSERT_TRUE(PostgresMigrator(stepped.url()).up(TimePoint{}).has_value());
  const TestDatabase whole;
  execute_script(whole.connect().get(), file("schema.sql"));
  EXPECT_EQ(shape_of(stepped), shape_of(whole));
}

TEST(PostgresMigrations, ASecondRunChangesNothing) {
  const TestDatabase database;
  PostgresMigrator migrator(database.url());
  EXPECT_TRUE(migrator.applied().empty());
  EXPECT_EQ(migrator.up(TimePoint{}).value().size(), migrator.known().size());
  const auto before = shape_of(database);
  EXPECT_TRUE(migrator.up(TimePoint{}).value().empty());
  EXPECT_EQ(shape_of(database), before);
  EXPECT_EQ(migrator.applied().size(), migrator.known().size());
}

TEST(PostgresMigrations, SeveralAtOnceApplyEachStepOnce) {
  const TestDatabase database;
  std::atomic<std::size_t> steps = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      if (const auto done = PostgresMigrator(database.url()).up(TimePoint{})) steps += done->size();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(steps, embedded_migrations().size());
}

TEST(PostgresMigrations, AStepThatIsInterruptedLeavesNothing) {
  const TestDatabase database;
  // The last table of the first step is there already, so the step fails when nearly everything is done.
  execute_script(database.connect().get(), "CREATE TABLE settings (name TEXT)");
  EXPECT_THROW((void)PostgresMigrator(database.url()).up(TimePoint{}), Fault);
  EXPECT_EQ(ask(database.connect().get(), "SELECT count(*) FROM pg_class WHERE relname = 'events'"), "0");
  execute_script(database.connect().get(), "DROP TABLE settings");
  EXPECT_TRUE(PostgresMigrator(database.url()).up(TimePoint{}).has_value());
}

TEST(PostgresMigrations, KeysStoredAsTextAreFoundByTheirIds) {
  const auto database = make_migrated_database();
  execute_script(database->connect().get(), R"(DELETE FROM schema_migrations WHERE number = 4;
    DROP TABLE idempotency_keys;
    CREATE TABLE idempotency_keys (user_id UUID NOT NULL, route TEXT NOT NULL, key TEXT NOT NULL, body_hash BYTEA NOT NULL,
      answer TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (key, user_id, route));
    INSERT INTO idempotency_keys VALUES ('01000000-0000-0000-0000-000000000002', 'POST /x', 'k', '\x00', '[]', now()))");
  ASSERT_EQ(PostgresMigrator(database->url()).up(TimePoint{}).value().size(), 1U);
  UserId user;
  user.value.bytes.front() = 1;
  user.value.bytes.back() = 2;
  const auto id = crypto::to_hex(idempotency_key_id(user, "POST /x", "k").value.bytes);
  EXPECT_EQ(ask(database->connect().get(), "SELECT count(*) FROM idempotency_keys WHERE id = '" + id + "'"),
            "1");
}

TEST(PostgresMigrations, AnEditedStepIsNoticed) {
  const auto database = make_migrated_database();
  execute_script(database->connect().get(),
                 "UPDATE schema_migrations SET checksum = 'other' WHERE number = 1");
  const auto done = PostgresMigrator(database->url()).up(TimePoint{});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, "schema_changed");
}

}  // namespace
}  // namespace xzepr::store::postgres
