#include "store/sqlite/sqlite_database.hpp"

#include <fstream>
#include <thread>

#include <sqlite3.h>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/directory_lock.hpp"
#include "store/sqlite/scratch_test.hpp"

namespace xzepr::store::sqlite {
namespace {

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Fault& fault) {
    return fault.what();
  }
  return "";
}

testing::AssertionResult says(const std::string& message, const std::string& part) {
  if (message.find(part) != std::string::npos && message.find('\n') == std::string::npos)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\"" << message << "\" is not one line with \"" << part << "\"";
}

TEST(SqliteDatabase, ASecondServerOnADataDirectoryIsToldWhoHasIt) {
  Scratch scratch;
  const auto first = scratch.open();
  const auto message = message_of([&] { (void)scratch.open(); });
  EXPECT_TRUE(says(message, "is in use by process " + std::to_string(::getpid())));
  EXPECT_NO_THROW(scratch.open(Use::administrate));
}

TEST(SqliteDatabase, TheLockIsFreeAgainWhenTheServerIsGone) {
  Scratch scratch;
  scratch.open().reset();
  EXPECT_NO_THROW(scratch.open());
}

TEST(SqliteDatabase, AMissingDatabaseSaysHowToMakeIt) {
  Scratch scratch(Schema::none);
  EXPECT_TRUE(says(message_of([&] { (void)scratch.open(); }), "run xzepr migrate up"));
}

TEST(SqliteDatabase, AnUnmigratedDatabaseSaysSo) {
  Scratch scratch(Schema::none);
  Connection(scratch.path(), Access::create, 1'000'000).run("CREATE TABLE other (x)");
  EXPECT_TRUE(says(message_of([&] { (void)scratch.open(); }), "run xzepr migrate up"));
}

TEST(SqliteDatabase, ANewerSchemaIsRefused) {
  Scratch scratch;
  Connection(scratch.path(), Access::write, 1'000'000)
      .run("INSERT INTO schema_migrations VALUES (9999, 'later', '', 0)");
  EXPECT_TRUE(says(message_of([&] { (void)scratch.open(); }), "run a newer xzepr"));
}

TEST(SqliteDatabase, AnEditedSchemaIsRefused) {
  Scratch scratch;
  Connection(scratch.path(), Access::write, 1'000'000).run("UPDATE schema_migrations SET checksum = 'x'");
  EXPECT_TRUE(says(message_of([&] { (void)scratch.open(); }), "differs from the one that was applied"));
}

TEST(SqliteDatabase, AFileThatIsNoDatabaseIsNamed) {
  Scratch scratch(Schema::none);
  std::ofstream(scratch.path()) << std::string(5'000, 'x');
  EXPECT_TRUE(says(message_of([&] { (void)scratch.open(); }), "is not a database of xzepr"));
}

TEST(SqliteDatabase, ADatabaseThatCannotBeOpenedIsNamed) {
  Scratch scratch(Schema::none);
  std::filesystem::create_directories(scratch.path());
  EXPECT_TRUE(says(message_of([&] { (void)scratch.open(); }), scratch.path() + " cannot be opened"));
}

TEST(SqliteDatabase, AMissingDataDirectoryIsNamed) {
  EXPECT_TRUE(
      says(message_of([] { const DirectoryLock lock("/nowhere/at/all/xzepr.db"); }), "/nowhere/at/all"));
}

TEST(Connection, IsDurable) {
  Scratch scratch;
  for (const auto access : {Access::read, Access::write}) {
    Connection connection(scratch.path(), access, 1'000'000);
    EXPECT_EQ(connection.text("PRAGMA journal_mode"), "wal");
    EXPECT_EQ(connection.integer("PRAGMA synchronous"), 2);
    EXPECT_EQ(connection.integer("PRAGMA foreign_keys"), 1);
  }
}

TEST(Connection, AReadingOneCannotWrite) {
  Scratch scratch;
  Connection connection(scratch.path(), Access::read, 1'000'000);
  EXPECT_THROW(connection.run("INSERT INTO settings VALUES ('a', x'00')"), Fault);
}

TEST(Connection, AViolatedConstraintIsRefused) {
  Scratch scratch;
  Connection connection(scratch.path(), Access::write, 1'000'000);
  connection.run("INSERT INTO settings VALUES ('a', x'00')");
  try {
    connection.run("INSERT INTO settings VALUES ('a', x'01')");
    FAIL();
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), Fault::Kind::refused);
  }
}

TEST(Connection, AFullDiskIsStorageFull) {
  Scratch scratch;
  Connection connection(scratch.path(), Access::write, 1'000'000);
  connection.run("PRAGMA max_page_count = 1");
  try {
    connection.run("INSERT INTO settings VALUES ('a', zeroblob(1000000))");
    FAIL();
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), Fault::Kind::storage_full);
  }
}

TEST(Connection, AStatementOutOfTimeIsInterrupted) {
  Scratch scratch;
  Connection connection(scratch.path(), Access::read, 1'000'000);
  connection.set_deadline(Deadline::after(std::chrono::seconds{0}));
  try {
    (void)connection.integer(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n");
    FAIL();
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), Fault::Kind::unavailable);
  }
}

TEST(Connection, ARolledBackTransactionLeavesNothing) {
  Scratch scratch;
  Connection connection(scratch.path(), Access::write, 1'000'000);
  {
    const Transaction transaction(connection);
    connection.run("INSERT INTO settings VALUES ('a', x'00')");
  }
  EXPECT_EQ(connection.integer("SELECT count(*) FROM settings"), 0);
  EXPECT_FALSE(connection.is_in_transaction());
}

}  // namespace
}  // namespace xzepr::store::sqlite
