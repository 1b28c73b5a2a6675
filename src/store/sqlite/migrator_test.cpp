#include "store/sqlite/migrator.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "store/event_store.hpp"
#include "store/sqlite/scratch_test.hpp"

namespace xzepr::store::sqlite {
namespace {

std::string without_comments_and_spaces(const std::string& sql) {
  std::string out;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql.compare(i, 2, "--") == 0) i = std::min(sql.find('\n', i), sql.size() - 1);
    if (!std::isspace(static_cast<unsigned char>(sql[i]))) out += sql[i];
  }
  return out;
}

std::vector<std::string> schema_of(Connection& connection) {
  std::vector<std::string> parts;
  Statement statement(connection, "SELECT type || name || coalesce(sql, '') FROM sqlite_master ORDER BY 1");
  auto rows = statement.query();
  while (rows.next()) parts.push_back(without_comments_and_spaces(rows.text(0)));
  return parts;
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::filesystem::path folder = std::filesystem::path(XZEPR_SOURCE_DIR) / "migrations/sqlite";

TEST(SqliteMigrator, StepsAddUpToTheWholeSchema) {
  Scratch stepwise;
  Scratch whole(Schema::none);
  Connection a(stepwise.path(), Access::write, 1'000'000);
  Connection b(whole.path(), Access::create, 1'000'000);
  b.run(file_text(folder / "schema.sql"));
  EXPECT_EQ(schema_of(a), schema_of(b));
}

TEST(SqliteMigrator, EveryFileIsBuiltInUnderItsNumber) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name == "schema.sql") continue;
    const auto step = std::ranges::find(embedded_migrations(), std::stoll(name), &Migration::number);
    ASSERT_NE(step, embedded_migrations().end()) << name;
    EXPECT_EQ(step->sql, file_text(entry.path()));
    ++files;
  }
  EXPECT_EQ(files, embedded_migrations().size());
}

TEST(SqliteMigrator, ASecondRunAppliesNothing) {
  Scratch scratch(Schema::none);
  const auto migrator = make_sqlite_migrator(scratch.path());
  EXPECT_TRUE(migrator->applied().empty());
  const TimePoint now{std::chrono::seconds{5}};
  EXPECT_EQ(migrator->up(now)->size(), migrator->known().size());
  EXPECT_TRUE(migrator->up(now)->empty());
  const auto applied = migrator->applied();
  ASSERT_EQ(applied.size(), migrator->known().size());
  EXPECT_EQ(applied[0].applied_at, now);
  EXPECT_EQ(applied[0].checksum, migrator->known()[0].checksum());
}

TEST(SqliteMigrator, TwoAtOnceApplyEachStepOnce) {
  Scratch scratch(Schema::none);
  std::atomic<std::size_t> applied = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { applied += make_sqlite_migrator(scratch.path())->up(TimePoint{})->size(); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(applied, embedded_migrations().size());
}

TEST(SqliteMigrator, AStepThatFailsHalfwayLeavesNothing) {
  Scratch scratch(Schema::none);
  // A table of the step stands in its way.
  Connection(scratch.path(), Access::create, 1'000'000).run("CREATE TABLE settings (x)");
  const auto migrator = make_sqlite_migrator(scratch.path());
  EXPECT_THROW((void)migrator->up(TimePoint{}), Fault);
  EXPECT_TRUE(migrator->applied().empty());
  Connection(scratch.path(), Access::write, 1'000'000).run("DROP TABLE settings");
  EXPECT_TRUE(migrator->up(TimePoint{}).has_value());
}

TEST(SqliteMigrator, KeysStoredAsTextAreFoundByTheirIds) {
  Scratch scratch;
  Connection connection(scratch.path(), Access::write, 1'000'000);
  connection.run(R"(DELETE FROM schema_migrations WHERE number = 4;
    DROP TABLE idempotency_keys;
    CREATE TABLE idempotency_keys (number INTEGER PRIMARY KEY, key TEXT NOT NULL, user_id BLOB NOT NULL,
      route TEXT NOT NULL, body_hash BLOB NOT NULL, answer TEXT NOT NULL, created_at INTEGER NOT NULL,
      UNIQUE (key, user_id, route)) STRICT;
    INSERT INTO idempotency_keys VALUES (7, 'k', x'01000000000000000000000000000002', 'POST /x', zeroblob(32), '[]', 3))");
  ASSERT_EQ(make_sqlite_migrator(scratch.path())->up(TimePoint{})->size(), 1U);
  UserId user;
  user.value.bytes.front() = 1;
  user.value.bytes.back() = 2;
  Statement find(connection, "SELECT number, created_at FROM idempotency_keys WHERE id = ?");
  auto rows = find.query(idempotency_key_id(user, "POST /x", "k"));
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.integer(0), 7);
  EXPECT_EQ(rows.integer(1), 3);
}

TEST(SqliteMigrator, ANewerSchemaIsRefused) {
  Scratch scratch;
  Connection(scratch.path(), Access::write, 1'000'000)
      .run("INSERT INTO schema_migrations VALUES (9999, 'later', '', 0)");
  const auto done = make_sqlite_migrator(scratch.path())->up(TimePoint{});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, "schema_newer");
}

}  // namespace
}  // namespace xzepr::store::sqlite
