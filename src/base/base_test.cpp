#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <thread>

#include "base/priority.hpp"
#include "base/task_group.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "base/ulid.hpp"
#include "base/wake.hpp"

namespace xzepr {

TEST(Time, ReadsAnyOffsetAndPrintsUtcWithMicroseconds) {
  EXPECT_EQ(to_string(parse_time("2026-01-31T10:30:00.1234567+01:00").value_or(TimePoint{})),
            "2026-01-31T09:30:00.123456Z");
  EXPECT_EQ(to_string(parse_time("1969-12-31T23:59:59Z").value_or(TimePoint{})),
            "1969-12-31T23:59:59.000000Z");
}

TEST(Time, RefusesWhatIsNotRfc3339) {
  for (const auto* text : {"", "2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00",
                           "2026-01-01T24:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+1:00",
                           "2026-01-01T00:00:00Zx", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Ulid, RoundTripsInBothSpellings) {
  UlidSource source;
  const auto id = source.next(TimePoint{std::chrono::seconds{1'700'000'000}});
  EXPECT_EQ(parse_ulid(to_string(id)), id);
  EXPECT_EQ(parse_ulid(to_uuid_string(id)), id);
}

TEST(Ulid, EachBitHasItsPlaceInTheText) {
  for (std::size_t bit = 0; bit < 128; ++bit) {
    Ulid id;
    id.bytes[15 - bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
    std::string expected(ulid_characters, '0');
    expected[25 - bit / 5] = "1248G"[bit % 5];
    EXPECT_EQ(to_string(id), expected);
    EXPECT_EQ(parse_ulid(expected), id);
  }
}

TEST(Ulid, RefusesOverflowAndForeignLetters) {
  EXPECT_FALSE(parse_ulid("80000000000000000000000000"));
  EXPECT_FALSE(parse_ulid("0000000000000000000000000U"));
  EXPECT_FALSE(parse_ulid("0000"));
}

TEST(Ulid, CountsUpWhenTheClockStandsStillOrGoesBack) {
  UlidSource source;
  auto last = source.next(TimePoint{std::chrono::seconds{100}});
  for (int i = 0; i < 10'000; ++i) {
    const auto next = source.next(TimePoint{std::chrono::seconds{i % 2 == 0 ? 100 : 99}});
    ASSERT_LT(last, next);
    last = next;
  }
}

TEST(Text, TrimsAndNormalises) {
  EXPECT_EQ(clean_text("  app ", {}).value_or("?"), "app");
  EXPECT_EQ(clean_text("\u00a0e\u0301\u2003", {}).value_or("?"), "\u00e9");
}

TEST(Text, RefusesBlankLongAndControl) {
  EXPECT_EQ(clean_text("   ", {}).error().keyword, "minLength");
  EXPECT_EQ(clean_text(std::string(256, 'a'), {}).error().keyword, "maxLength");
  EXPECT_TRUE(clean_text(std::string(255, 'a'), {}));
  EXPECT_EQ(clean_text(std::string_view("a\0b", 3), {}).error().keyword, "controlCharacters");
  EXPECT_EQ(clean_text("a\nb", {}).error().keyword, "controlCharacters");
  EXPECT_EQ(clean_text("a\x1b[0m", {}).error().keyword, "controlCharacters");
  EXPECT_EQ(clean_text("a\u0085b", {}).error().keyword, "controlCharacters");
  EXPECT_EQ(clean_text("\xff", {}).error().keyword, "utf8");
  EXPECT_TRUE(clean_text("a\n\tb", {.controls = ControlCharacters::newline_and_tab_allowed}));
}

TEST(Text, CountsCodePointsNotBytes) {
  std::string text;
  for (int i = 0; i < 255; ++i) text += "\u20ac";
  EXPECT_TRUE(clean_text(text, {}));
  EXPECT_FALSE(clean_text(text + "\u20ac", {}));
}

TEST(Text, SplitsIntoFoldedSearchWords) {
  EXPECT_EQ(search_words("Sast-Scan 1.2, \u00c9t\u00e9\xff STRASSE"),
            (std::vector<std::string>{"sast", "scan", "1", "2", "\u00e9t\u00e9", "strasse"}));
  EXPECT_TRUE(search_words(" -- ").empty());
}

TEST(Priority, AThreadThatGivesWayAndWhatItStartsDoAndNobodyElse) {
  const auto is_behind = [] {
    return sched_getscheduler(0) == SCHED_BATCH && getpriority(PRIO_PROCESS, 0) > 0;
  };
  bool is_own = false;
  bool is_started = false;
  std::thread([&] {
    give_way();
    is_own = is_behind();
    std::thread([&] { is_started = is_behind(); }).join();
  }).join();
  EXPECT_TRUE(is_own);
  EXPECT_TRUE(is_started);
  EXPECT_FALSE(is_behind());
}

TEST(Suspend, ResumesOnTheCallersLoopWhenAnotherThreadAnswers) {
  asio::io_context loop{1};
  std::thread other;
  int got = 0;
  TaskGroup tasks(loop.get_executor(), [](std::string_view, const std::exception&) {});
  tasks.spawn("caller", [](std::thread& worker, int& out) -> Task<> {
    out = co_await suspend<int>([&worker](Resume<int> resume) {
      worker = std::thread([resume = std::move(resume)]() mutable { resume(42); });
    });
  }(other, got));
  auto work = asio::require(loop.get_executor(), asio::execution::outstanding_work.tracked);
  tasks.spawn("stopper", [](TaskGroup& group, asio::io_context& context) -> Task<> {
    while (group.size() > 1) co_await sleep_for(std::chrono::milliseconds{1});
    context.stop();
  }(tasks, loop));
  loop.run();
  other.join();
  EXPECT_EQ(got, 42);
}

TEST(TaskGroup, CancelsAndJoinsAndReportsWhatEscapes) {
  asio::io_context loop{1};
  std::vector<std::string> reported;
  TaskGroup tasks(loop.get_executor(),
                  [&](std::string_view name, const std::exception&) { reported.emplace_back(name); });
  tasks.spawn("sleeper", sleep_for(std::chrono::hours{1}));
  tasks.spawn("thrower", []() -> Task<> {
    co_await sleep_for(std::chrono::milliseconds{1});
    throw std::runtime_error("x");
  }());
  bool joined = false;
  asio::post(loop, [&] { tasks.cancel(); });
  tasks.spawn("late thrower", []() -> Task<> {
    throw std::runtime_error("y");
    co_return;
  }());
  TaskGroup waiter(loop.get_executor(), [](std::string_view, const std::exception&) {});
  waiter.spawn("join", [](TaskGroup& group, bool& done) -> Task<> {
    co_await group.join();
    done = true;
  }(tasks, joined));
  loop.run();
  EXPECT_TRUE(joined);
  EXPECT_EQ(reported, std::vector<std::string>{"late thrower"});
}

TEST(Wake, WakesTheOneWhoWaitsFromAnyThreadAndIsKeptWhenNobodyDoes) {
  asio::io_context loop{1};
  Wake wake(loop);
  TaskGroup tasks(loop.get_executor(), [](std::string_view, const std::exception&) { ADD_FAILURE(); });
  wake.notify();
  std::thread other;
  bool is_done = false;
  const auto never = std::chrono::steady_clock::now() + std::chrono::hours{1};
  tasks.spawn(
      "waiter",
      [](Wake& one, std::thread& by, std::chrono::steady_clock::time_point until, bool& done) -> Task<> {
        co_await one.wait_until(until);
        by = std::thread([&one] {
          std::this_thread::sleep_for(std::chrono::milliseconds{5});
          one.notify();
        });
        co_await one.wait_until(until);
        co_await one.wait_until(std::chrono::steady_clock::now() + std::chrono::milliseconds{2});
        done = true;
      }(wake, other, never, is_done));
  loop.run();
  other.join();
  EXPECT_TRUE(is_done);
}

TEST(Wake, ACancelledWaiterUnwinds) {
  asio::io_context loop{1};
  Wake wake(loop);
  TaskGroup tasks(loop.get_executor(), [](std::string_view, const std::exception&) { ADD_FAILURE(); });
  bool is_reached = false;
  tasks.spawn("waiter", [](Wake& one, bool& reached) -> Task<> {
    co_await one.wait_until(std::chrono::steady_clock::now() + std::chrono::hours{1});
    reached = true;
  }(wake, is_reached));
  asio::post(loop, [&] { tasks.cancel(); });
  loop.run();
  EXPECT_FALSE(is_reached);
}

}  // namespace xzepr
