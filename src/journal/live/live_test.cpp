#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "journal/live/feeder.hpp"
#include "journal/live/live_start.hpp"
#include "journal/relay_fixture_test.hpp"

namespace xzepr::journal::live {
namespace {

using namespace std::chrono_literals;

template <class T>
T run(asio::io_context& loop, Task<T> task) {
  std::optional<T> result;
  std::exception_ptr escaped;
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
    escaped = error;
    result.emplace(std::move(value));
    loop.stop();
  });
  loop.restart();
  loop.run();
  if (escaped) std::rethrow_exception(escaped);
  return *std::move(result);
}

class KeptJournal final : public store::JournalStore {
 public:
  std::vector<domain::JournalEntry> entries;
  std::int64_t oldest = 1;
  int reads = 0;
  bool is_away = false;

  void add(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      entries.push_back(event_entry(static_cast<std::int64_t>(entries.size()) + 1, 7));
  }
  Task<std::vector<domain::JournalEntry>> read(store::JournalRange range, Deadline) override {
    ++reads;
    if (is_away) throw Fault(Fault::Kind::unavailable, "away");
    std::vector<domain::JournalEntry> found;
    for (const auto& entry : entries) {
      if (entry.row.position > range.after && found.size() < range.rows_max) found.push_back(entry);
    }
    co_return found;
  }
  Task<store::JournalExtent> extent(Deadline) override {
    co_return store::JournalExtent{
        .oldest = oldest, .newest = static_cast<std::int64_t>(entries.size()), .epoch = 3};
  }
};

Deadline soon() { return Deadline::after(5s); }

std::vector<std::int64_t> positions(const std::vector<Shown>& messages) {
  std::vector<std::int64_t> found;
  for (const auto& message : messages) found.push_back(message->row.position);
  return found;
}

class LiveTest : public testing::Test {
 protected:
  std::vector<std::int64_t> read(LiveReader& reader) { return positions(run(loop, reader.read(soon()))); }
  void feed(std::int64_t after, std::size_t count) {
    std::vector<Shown> shown;
    for (std::size_t i = 1; i <= count; ++i)
      shown.push_back(show(event_entry(after + static_cast<std::int64_t>(i), 7)));
    tail.append(std::move(shown));
  }

  asio::io_context loop{1};
  int first_listeners = 0;
  Tail tail{[this] { ++first_listeners; }};
  KeptJournal journal;
  LivePorts ports{.tail = tail, .journal = journal, .loop = loop};
};

}  // namespace

TEST(LiveMessage, ARowThatCannotBeRenderedIsAPlaceWithoutAMessage) {
  EXPECT_EQ(show(event_entry(1, 7))->facts.type, "dev.test");
  EXPECT_EQ(show(unrenderable_entry(2, 7))->body, "");
}

TEST_F(LiveTest, AReaderGoesFromTheJournalToTheTail) {
  journal.add(5);
  LiveReader reader(ports, 2);
  EXPECT_EQ(first_listeners, 1);
  EXPECT_EQ(read(reader), (std::vector<std::int64_t>{3, 4, 5})) << "nobody feeds the tail yet";
  tail.begin(5);
  feed(5, 3);
  const int before = journal.reads;
  EXPECT_EQ(read(reader), (std::vector<std::int64_t>{6, 7, 8}));
  EXPECT_TRUE(read(reader).empty());
  EXPECT_EQ(journal.reads, before) << "the tail has it all";
  EXPECT_EQ(reader.position(), 8);
}

TEST_F(LiveTest, WhoIsFurtherBehindThanTheTailReadsTheJournal) {
  journal.add(10);
  tail.begin(7);
  feed(7, 3);
  LiveReader reader(ports, 4);
  EXPECT_EQ(read(reader), (std::vector<std::int64_t>{5, 6, 7, 8, 9, 10}));
  EXPECT_TRUE(read(reader).empty());
}

TEST_F(LiveTest, TheTailIsBoundedAndNeverHasAGap) {
  tail.begin(0);
  for (std::int64_t at = 0; at < 30'000; at += 1'000) feed(at, 1'000);
  EXPECT_TRUE(tail.read(9'999, 1).is_behind);
  const auto first = tail.read(10'000, 1).messages;
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first.front()->row.position, 10'001);
  EXPECT_EQ(tail.position(), 30'000);
  tail.forget();
  EXPECT_TRUE(tail.read(30'000, 1).is_behind);
}

TEST_F(LiveTest, AReadIsBounded) {
  tail.begin(0);
  feed(0, 2'000);
  LiveReader reader(ports, 0);
  const auto first = read(reader);
  EXPECT_LT(first.size(), 400U);
  EXPECT_EQ(read(reader).front(), first.back() + 1);
}

TEST_F(LiveTest, TheFeederFeedsOnlyWhoListens) {
  telemetry::Log log{telemetry::Level::error, telemetry::LogFormat::text};
  journal.add(3);
  Wake wake(loop);
  Tail fed([&] { wake.notify(); });
  const FeederParts parts{.tail = fed, .journal = journal, .wake = wake, .log = log};
  asio::co_spawn(loop, live::feed(parts), [](std::exception_ptr) {});
  const LivePorts fed_ports{.tail = fed, .journal = journal, .loop = loop};
  loop.run_for(50ms);
  EXPECT_EQ(journal.reads, 0) << "nobody listens";
  {
    LiveReader reader(fed_ports, 3);
    loop.restart();
    loop.run_for(100ms);
    EXPECT_EQ(fed.position(), 3);
    journal.add(2);
    wake.notify();
    loop.restart();
    loop.run_for(100ms);
    EXPECT_EQ(fed.position(), 5);
    journal.is_away = true;
    journal.add(1);
    loop.restart();
    loop.run_for(700ms);
    journal.is_away = false;
    loop.restart();
    loop.run_for(1'500ms);
    EXPECT_EQ(fed.position(), 6) << "it goes on when the journal is back";
  }
  loop.restart();
  loop.run_for(200ms);
  EXPECT_EQ(fed.position(), std::nullopt);
}

TEST(LiveStart, PlacesHaveTwoSpellings) {
  EXPECT_EQ(parse_place("12"), (Place{.position = 12}));
  EXPECT_EQ(parse_place("00000000000000000012"), (Place{.position = 12})) << "as sequence has it";
  EXPECT_EQ(parse_place("3.12"), (Place{.position = 12, .epoch = 3}));
  EXPECT_EQ(to_text(3, 12), "3.12");
  for (const auto* wrong : {"", "x", "-1", "1.", ".1", "1.2.3", "1 ", "99999999999999999999", "1.-2", "+1"})
    EXPECT_FALSE(parse_place(wrong).has_value()) << wrong;
}

TEST_F(LiveTest, OneBeginsWhereTheJournalStillIs) {
  journal.add(10);
  journal.oldest = 4;
  const auto after = [&](std::optional<Place> place) {
    return run(loop, find_start(journal, place, soon()));
  };
  EXPECT_EQ(after(std::nullopt)->after, 10);
  EXPECT_EQ(after(Place{.position = 3})->after, 3) << "what follows it is there";
  EXPECT_EQ(after(Place{.position = 10, .epoch = 3})->epoch, 3);
  for (const auto& gone : {Place{.position = 2}, Place{.position = 11}, Place{.position = 5, .epoch = 2}}) {
    const auto start = after(gone);
    ASSERT_FALSE(start.has_value());
    EXPECT_EQ(start.error().code, "position_gone");
    EXPECT_EQ(start.error().hint, "go on with after=3.3, or after=3.10 to leave out what is past");
  }
}

}  // namespace xzepr::journal::live
