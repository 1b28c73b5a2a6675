#include <set>

#include <gtest/gtest.h>

#include "cli/import_lanes.hpp"
#include "json/parse.hpp"

namespace xzepr::cli {
namespace {

using namespace std::chrono_literals;

// Gives the text out in pieces of `step` bytes.
LineReader reader_of(std::string text, std::size_t step, std::size_t line_bytes_max = 100) {
  auto left = std::make_shared<std::string>(std::move(text));
  return LineReader(
      [left, step](char* buffer, std::size_t size) {
        const std::size_t count = std::min({left->size(), step, size});
        left->copy(buffer, count);
        left->erase(0, count);
        return count;
      },
      line_bytes_max);
}

std::vector<std::string> lines_of(LineReader reader) {
  std::vector<std::string> lines;
  while (const auto line = reader.next())
    lines.push_back(std::to_string(line->number) + ":" + (line->is_too_long ? "(too long)" : line->text));
  return lines;
}

TEST(LineReader, CutsLinesHoweverTheyCome) {
  const std::string text = "a\r\n\n  bc \nlast";
  for (const std::size_t step : {1U, 2U, 3U, 100U}) {
    EXPECT_EQ(lines_of(reader_of(text, step)), (std::vector<std::string>{"1:a", "3:bc", "4:last"})) << step;
  }
  EXPECT_TRUE(lines_of(reader_of("", 1)).empty());
  EXPECT_TRUE(lines_of(reader_of("\n\n \n", 1)).empty());
}

TEST(LineReader, SkipsTheRestOfALineThatIsTooLong) {
  EXPECT_EQ(lines_of(reader_of("12345\n123456\nx", 4, 5)),
            (std::vector<std::string>{"1:12345", "2:(too long)", "3:x"}));
}

TEST(ImportKeys, AreTheSameForTheSameFileAndApartForEqualLines) {
  ImportKeys first;
  ImportKeys second;
  const std::string key = first.next("{}");
  EXPECT_EQ(key, "import-44136fa355b3678a1146ad16f7e8649e-1");
  EXPECT_EQ(second.next("{}"), key);
  EXPECT_TRUE(first.next("{}").ends_with("-2"));
  EXPECT_TRUE(first.next("{ }").ends_with("-1"));
}

std::expected<std::string, client::Failure> keyed(const std::string& text) {
  return ImportKeys().keyed({.number = 1, .text = text}).text;
}

TEST(KeyedLine, HasOneMemberMoreAndIsOtherwiseAsItWas) {
  const std::string line = R"({ "n": 1.50, "a":1e2})";
  EXPECT_EQ(keyed(line).value_or(""),
            "{\"idempotency_key\":\"" + ImportKeys().next(line) + R"(", "n": 1.50, "a":1e2})");
  EXPECT_EQ(keyed("{}").value_or(""), "{\"idempotency_key\":\"" + ImportKeys().next("{}") + "\"}");
  EXPECT_EQ(keyed(R"({"idempotency_key":"own"})").value_or(""), R"({"idempotency_key":"own"})");
  EXPECT_EQ(keyed("[1]").error().code, "request_invalid");
  EXPECT_EQ(keyed("{broken").error().code, "json_invalid");
}

TEST(KeyedLine, KnowsItsArtifact) {
  const auto artifact = [](const std::string& text) {
    return ImportKeys().keyed({.number = 1, .text = text}).artifact;
  };
  EXPECT_EQ(artifact(R"({"name":"a","version":"1","x":1})"), artifact(R"({"x":2,"version":"1","name":"a"})"));
  EXPECT_NE(artifact(R"({"name":"a","version":"1"})"), artifact(R"({"name":"a","version":"2"})"));
  EXPECT_NE(artifact(R"({"name":"ab","version":"c"})"), artifact(R"({"name":"a","version":"bc"})"));
}

// A server that keeps what it is given by key, and fails as it is told.
struct Store {
  std::set<std::string> keys;
  std::vector<std::size_t> batches;
  std::vector<std::pair<std::string, std::int64_t>> events;
  std::vector<client::Failure> failures;  // before the next answers, in order
  std::chrono::milliseconds paused{0};

  ImportRun run(ImportLimits limits = {}) {
    return ImportRun([this](const client::Call& call) { return answer(call); },
                     [this](std::chrono::milliseconds length) { paused += length; }, limits);
  }

  client::Answer answer(const client::Call& call) {
    if (!failures.empty()) {
      const client::Failure failure = failures.front();
      failures.erase(failures.begin());
      if (failure.status != 200) return std::unexpected(failure);
    }
    json::Array results;
    std::string_view body = call.raw_body;
    while (!body.empty()) {
      const auto end = body.find('\n');
      results.push_back(result_of(*json::parse(body.substr(0, end))));
      body.remove_prefix(end + 1);
    }
    batches.push_back(results.size());
    return json::Object{{"data", std::move(results)}};
  }

  json::Value result_of(const json::Value& item) {
    if (item.get_object().contains("bad"))
      return json::Object{{"status", 400},
                          {"error", {{"code", "request_invalid"}, {"detail", "bad is unknown"}}}};
    if (const auto* number = item.get_object().if_contains("n"); number != nullptr && number->is_int64())
      events.emplace_back(client::text_of(item, "name"), number->get_int64());
    const bool is_new = keys.insert(client::text_of(item, "idempotency_key")).second;
    json::Object result{{"status", 201}, {"id", "E"}};
    if (!is_new) result["replayed"] = true;
    return result;
  }
};

std::expected<void, client::Failure> import(ImportRun& run, const std::vector<std::string>& lines) {
  std::size_t number = 0;
  ImportKeys keys;
  for (const std::string& line : lines) {
    if (auto added = run.add(keys.keyed({.number = ++number, .text = line})); !added) return added;
  }
  return run.finish();
}

const std::vector<std::string> some_lines = {R"({"n":1})", R"({"n":2})", R"({"n":1})"};

TEST(Import, ASecondRunAddsNothing) {
  Store store;
  ImportRun first = store.run();
  EXPECT_TRUE(import(first, some_lines));
  EXPECT_EQ(first.summary().added, 3U);
  ImportRun second = store.run();
  EXPECT_TRUE(import(second, some_lines));
  EXPECT_EQ(second.summary().added, 0U);
  EXPECT_EQ(second.summary().already_there, 3U);
}

TEST(Import, GoesInBatchesOfBoundedCountAndSize) {
  Store store;
  ImportRun by_count = store.run({.items_max = 2});
  EXPECT_TRUE(import(by_count, some_lines));
  EXPECT_EQ(store.batches, (std::vector<std::size_t>{2, 1}));
  store.batches.clear();
  ImportRun by_size = store.run({.bytes_max = 110});
  EXPECT_TRUE(import(by_size, some_lines));
  EXPECT_EQ(store.batches, (std::vector<std::size_t>{1, 1, 1}));
}

TEST(Import, RefusedLinesAreNamedAndTheOthersGoOn) {
  Store store;
  ImportRun run = store.run();
  EXPECT_TRUE(import(run, {R"({"n":1})", R"({"bad":1})", "{broken", R"({"n":2})"}));
  EXPECT_TRUE(run.add(ImportKeys().keyed({.number = 9, .is_too_long = true})));
  EXPECT_EQ(run.summary().added, 2U);
  EXPECT_EQ(run.summary().refused, 3U);
  std::set<std::size_t> lines;
  for (const RefusedLine& refused : run.summary().first_refused) lines.insert(refused.line);
  EXPECT_EQ(lines, (std::set<std::size_t>{2, 3, 9}));
}

TEST(Import, OnlyTheFirstTenRefusedLinesAreKept) {
  Store store;
  ImportRun run = store.run();
  EXPECT_TRUE(import(run, std::vector<std::string>(25, "nonsense")));
  EXPECT_EQ(run.summary().refused, 25U);
  EXPECT_EQ(run.summary().first_refused.size(), 10U);
}

TEST(Import, WaitsForAServerThatIsOverloadedAsLongAsItAsks) {
  Store store;
  store.failures = {{.status = 429, .code = "rate_limited", .retry_after = 7s},
                    {.status = 503, .code = "unavailable"}};
  ImportRun run = store.run();
  EXPECT_TRUE(import(run, some_lines));
  EXPECT_EQ(run.summary().added, 3U);
  EXPECT_EQ(store.paused, 7s + 1s);
}

TEST(Import, AServerThatWasNeverThereEndsItAtOnce) {
  Store store;
  store.failures = {{.status = 0, .code = "server_unreachable"}};
  ImportRun run = store.run();
  const auto ended = import(run, some_lines);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, "server_unreachable");
  EXPECT_EQ(store.paused, 0s);
}

TEST(Import, AServerThatGoesAwayIsAskedAgainAndThenGivenUp) {
  Store store;
  store.failures.assign(1, {.status = 200});
  store.failures.insert(store.failures.end(), 8, {.status = 0, .code = "server_unreachable"});
  ImportRun run = store.run({.items_max = 1});
  const auto ended = import(run, some_lines);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().status, 0);
  EXPECT_EQ(run.summary().added, 1U);
  EXPECT_GT(store.paused, 20s);
}

TEST(Import, AFailureOfTheWholeBatchEndsIt) {
  Store store;
  store.failures = {{.status = 401, .code = "credentials_invalid"}};
  ImportRun run = store.run();
  const auto ended = import(run, some_lines);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().status, 401);
}

// Several connections to one store.
struct Lanes {
  static constexpr std::size_t count = 3;
  std::array<Store, count> stores;

  ImportLanes run(ImportLimits limits = {}) {
    std::vector<ImportRun::Send> sends;
    for (auto& store : stores)
      sends.emplace_back([&store](const client::Call& call) { return store.answer(call); });
    return {std::move(sends), [](std::chrono::milliseconds) {}, limits};
  }
};

std::string event_of(int artifact, int number) {
  return fmt::format(R"({{"name":"a{}","n":{}}})", artifact, number);
}

TEST(ImportLanes, KeepTheOrderOfEachArtifact) {
  Lanes lanes;
  auto run = lanes.run({.items_max = 7});
  ImportKeys keys;
  for (int i = 0; i < 1'000; ++i)
    ASSERT_TRUE(
        run.add(keys.keyed({.number = static_cast<std::size_t>(i + 1), .text = event_of(i % 10, i)})));
  EXPECT_TRUE(run.finish());
  EXPECT_EQ(run.summary().read, 1'000U);
  EXPECT_EQ(run.summary().added, 1'000U);
  std::set<std::string> seen;
  for (const auto& store : lanes.stores) {
    std::map<std::string, std::int64_t> last;
    for (const auto& [name, number] : store.events) {
      EXPECT_TRUE(!last.contains(name) || last[name] < number) << name;
      last[name] = number;
    }
    for (const auto& [name, number] : last) EXPECT_TRUE(seen.insert(name).second) << name << " in two lanes";
  }
}

TEST(ImportLanes, AFailureOfOneEndsAll) {
  Lanes lanes;
  for (auto& store : lanes.stores) store.failures = {{.status = 401, .code = "credentials_invalid"}};
  auto run = lanes.run({.items_max = 2});
  ImportKeys keys;
  std::expected<void, client::Failure> ended;
  for (int i = 0; i < 10'000 && ended; ++i)
    ended = run.add(keys.keyed({.number = 1, .text = event_of(i, i)}));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().status, 401);
}

TEST(ImportLanes, TellTheFirstTenOfAllRefusedLines) {
  Lanes lanes;
  auto run = lanes.run();
  ImportKeys keys;
  for (int i = 0; i < 100; ++i) {
    const auto text = fmt::format(R"({{"name":"a{}","bad":1}})", i);
    ASSERT_TRUE(run.add(keys.keyed({.number = static_cast<std::size_t>(i + 1), .text = text})));
  }
  EXPECT_TRUE(run.finish());
  const auto summary = run.summary();
  EXPECT_EQ(summary.refused, 100U);
  ASSERT_EQ(summary.first_refused.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(summary.first_refused[i].line, i + 1);
}

}  // namespace
}  // namespace xzepr::cli
