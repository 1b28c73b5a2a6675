#include "store/sqlite/log_writer.hpp"

#include "store/sqlite/connection.hpp"
#include "store/sqlite/scratch_test.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr std::size_t tiny_cache = 20'480;  // so that a transaction spills pages into the log before its end

class LogWriter : public testing::Test {
 protected:
  LogWriter() { writer_.run("CREATE TABLE blobs (n INTEGER PRIMARY KEY, bytes BLOB) STRICT"); }

  void insert(int rows, int bytes) {
    Statement statement(writer_, "INSERT INTO blobs (bytes) VALUES (randomblob(?))");
    for (int i = 0; i < rows; ++i) statement.execute(bytes);
  }
  std::int64_t count(Connection& connection) { return connection.integer("SELECT count(*) FROM blobs"); }

  Scratch scratch_;
  Connection writer_{scratch_.path(), Access::write, tiny_cache};
  Connection reader_{scratch_.path(), Access::read, tiny_cache};
};

TEST_F(LogWriter, WhatIsCommittedIsSeenByOthers) {
  for (int i = 1; i <= 20; ++i) {
    insert(1, 10'000);
    EXPECT_EQ(count(reader_), i);
  }
}

TEST_F(LogWriter, ATransactionLargerThanTheCacheIsWholeAndUnseenUntilItsEnd) {
  Transaction transaction(writer_);
  insert(2'000, 3'000);
  EXPECT_EQ(count(writer_), 2'000);
  EXPECT_EQ(count(reader_), 0);
  transaction.commit();
  EXPECT_EQ(count(reader_), 2'000);
  EXPECT_EQ(reader_.text("PRAGMA integrity_check"), "ok");
}

TEST_F(LogWriter, ARolledBackTransactionLeavesNothingBehind) {
  insert(10, 3'000);
  {
    const Transaction transaction(writer_);
    insert(2'000, 3'000);
  }
  insert(10, 3'000);
  EXPECT_EQ(count(reader_), 20);
  EXPECT_EQ(reader_.text("PRAGMA integrity_check"), "ok");
}

TEST_F(LogWriter, ACheckpointMovesEverythingAndTheLogBeginsAnew) {
  for (int round = 0; round < 5; ++round) {
    insert(100, 5'000);
    const auto done = writer_.checkpoint();
    EXPECT_EQ(done.log_frames, done.moved_frames);
  }
  EXPECT_EQ(count(reader_), 500);
  EXPECT_EQ(reader_.text("PRAGMA integrity_check"), "ok");
}

TEST_F(LogWriter, TheLogIsReadBackByAnOrdinaryConnection) {
  insert(100, 5'000);
  Connection ordinary(scratch_.path(), Access::write, tiny_cache, LogWrites::single);
  EXPECT_EQ(count(ordinary), 100);
  EXPECT_EQ(ordinary.text("PRAGMA integrity_check"), "ok");
}

}  // namespace
}  // namespace xzepr::store::sqlite
