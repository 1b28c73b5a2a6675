#include <array>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/text.hpp"
#include "telemetry/log.hpp"
#include "telemetry/log_line.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::telemetry {
namespace {

const TimePoint noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + std::chrono::hours{12} +
                     std::chrono::microseconds{42}};

std::string line(LogFormat format, std::string_view message, std::initializer_list<Field> fields = {}) {
  std::string out;
  append_line(out, format,
              {.time = noon, .level = Level::info, .target = "http", .message = message, .fields = fields});
  return out;
}

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Pipe() {
    ::close(ends_[0]);
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }
  int reader() const { return ends_[0]; }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  std::string read_all() {
    close_writer();
    std::string all;
    std::array<char, 65536> part{};
    for (;;) {
      const auto got = ::read(ends_[0], part.data(), part.size());
      if (got <= 0) return all;
      all.append(part.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size()))
    ++found;
  return found;
}

}  // namespace

TEST(LogLine, HoldsTheFixedFieldsFirstAndThenTheGivenOnes) {
  EXPECT_EQ(
      line(LogFormat::json, "request",
           {{"path", "/a b"}, {"status", std::int64_t{200}}, {"ms", 1.5}, {"ok", true}}),
      R"({"timestamp":"2026-01-31T12:00:00.000042Z","level":"INFO","target":"http","message":"request",)"
      R"("path":"/a b","status":200,"ms":1.5,"ok":true})"
      "\n");
  EXPECT_EQ(line(LogFormat::text, "request",
                 {{"path", "/a b"}, {"method", "GET"}, {"status", std::int64_t{-1}}, {"none", ""}}),
            "2026-01-31T12:00:00.000042Z INFO  http: request path=\"/a b\" method=GET status=-1 none=\"\"\n");
}

TEST(LogLine, EscapesWhateverCouldEndOrForgeALine) {
  const std::string_view evil("a\n\"b\\\r\t\0\x7f", 9);
  EXPECT_NE(line(LogFormat::json, evil).find(R"("message":"a\n\"b\\\r\t\u0000\u007f")"), std::string::npos);
  for (const auto format : {LogFormat::json, LogFormat::text}) {
    for (const std::string_view text : {"\n", "\r\n", "\xE2\x80\xA8", "\xC2\x85", "\xC2\x9B", "\x1b[31m"}) {
      const auto out = line(format, text, {{text, text}});
      EXPECT_EQ(count(out, "\n"), 1U);
      EXPECT_EQ(out.find('\x1b'), std::string::npos);
      EXPECT_EQ(out.find("\xE2\x80\xA8"), std::string::npos);
      EXPECT_EQ(out.find("\xC2\x9B"), std::string::npos);
    }
  }
}

TEST(LogLine, ReplacesBytesThatAreNotUtf8) {
  for (const std::string_view text :
       {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "a\x80z", "\xF5\x80\x80\x80"}) {
    const auto out = line(LogFormat::json, text);
    EXPECT_TRUE(is_valid_utf8(out)) << out;
    EXPECT_NE(out.find("\uFFFD"), std::string::npos) << out;
  }
  EXPECT_NE(
      line(LogFormat::json, "gr\u00FC\u00DFe \u20AC \U0001F600").find("gr\u00FC\u00DFe \u20AC \U0001F600"),
      std::string::npos);
}

TEST(LogLine, CutsAValueAtFourKibibytesAndAtACharactersEnd) {
  const auto frame = line(LogFormat::json, "").size();
  EXPECT_EQ(line(LogFormat::json, std::string(4096, 'x')).size(), frame + 4096);
  EXPECT_EQ(line(LogFormat::json, std::string(4097, 'x')).size(), frame + 4096 + 3);
  const auto out = line(LogFormat::json, std::string(4095, 'x') + "\u20AC");
  EXPECT_EQ(out.size(), frame + 4095 + 3);
  EXPECT_TRUE(is_valid_utf8(out));
  EXPECT_LT(
      line(LogFormat::text, "", {{"v", std::string_view("\x01", 1)}, {"w", std::string(1'000'000, 'y')}})
          .size(),
      5000U);
}

TEST(LogLine, HasNoSpellingForInfinity) {
  EXPECT_NE(line(LogFormat::json, "", {{"x", std::numeric_limits<double>::infinity()}}).find(R"("x":null)"),
            std::string::npos);
}

TEST(Log, WritesEveryLineWholeAndInOrderPerThread) {
  Pipe pipe;
  {
    Log log(Level::info, LogFormat::json, pipe.writer());
    const auto work = [&log](std::int64_t thread) {
      for (std::int64_t i = 0; i < 100; ++i) log.info("test", "line", {{"thread", thread}, {"n", i}});
    };
    std::thread other(work, 1);
    work(2);
    other.join();
    log.debug("test", "below the level");
  }
  const auto all = pipe.read_all();
  EXPECT_EQ(count(all, "\n"), 200U);
  EXPECT_EQ(all.find("below"), std::string::npos);
  std::size_t last = 0;
  for (int i = 0; i < 100; ++i) {
    const auto at = all.find(fmt::format(R"("thread":2,"n":{}}})", i), last);
    ASSERT_NE(at, std::string::npos) << i;
    last = at;
  }
}

TEST(Log, NeverWaitsForASlowReaderAndCountsWhatItDropped) {
  Pipe pipe;
  constexpr std::size_t lines = 20'000;
  std::uint64_t dropped = 0;
  std::string all;
  {
    std::thread reader;
    {
      Log log(Level::info, LogFormat::text, pipe.writer());
      const std::string text(200, 'x');
      for (std::size_t i = 0; i < lines; ++i) log.info("test", text);
      dropped = log.dropped_count();
      reader = std::thread([&] {
        std::array<char, 65536> part{};
        for (;;) {
          const auto got = ::read(pipe.reader(), part.data(), part.size());
          if (got <= 0) return;
          all.append(part.data(), static_cast<std::size_t>(got));
        }
      });
    }
    pipe.close_writer();
    reader.join();
  }
  // The pipe holds 64 KiB, the queue 4,096 lines: most of 20,000 lines cannot fit anywhere.
  EXPECT_GT(dropped, 1'000U);
  EXPECT_EQ(count(all, " test: xxx"), lines - dropped);
  EXPECT_GE(count(all, "log lines were dropped"), 1U);
}

TEST(Metrics, RendersCountersGaugesAndHistogramsSortedByName) {
  Metrics metrics;
  auto requests = metrics.counter("xzepr_requests_total", "Requests.", {{"route", "/b"}});
  metrics.counter("xzepr_requests_total", "Requests.", {{"route", "/a"}}).add();
  requests.add(2);
  auto again = metrics.counter("xzepr_requests_total", "Requests.", {{"route", "/b"}});
  again.add();
  auto open = metrics.gauge("xzepr_open", "Open.");
  open.set(3);
  open.add(-1);
  metrics.histogram("xzepr_seconds", "Time.", {0.1, 1}).observe(0.5);
  metrics.gauge_on_scrape("xzepr_lag", "Lag.", [] { return 7.0; });
  const auto text = metrics.render();
  EXPECT_NE(text.find("# TYPE xzepr_requests_total counter\nxzepr_requests_total{route=\"/a\"} "
                      "1\nxzepr_requests_total{route=\"/b\"} 3\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("# HELP xzepr_open Open.\n# TYPE xzepr_open gauge\nxzepr_open 2\n"), std::string::npos);
  EXPECT_NE(text.find("xzepr_seconds_bucket{le=\"1\"} 1\n"), std::string::npos);
  EXPECT_LT(text.find("xzepr_lag 7"), text.find("xzepr_open 2"));
}

TEST(Metrics, EscapesLabelValues) {
  Metrics metrics;
  metrics.counter("xzepr_x_total", "X.", {{"name", "a\"b\nc\\"}}).add();
  EXPECT_NE(metrics.render().find(R"(xzepr_x_total{name="a\"b\nc\\"} 1)"), std::string::npos);
}

}  // namespace xzepr::telemetry
