// Against a real Redis, which XZEPR_TEST_REDIS names; tests/services/redis.sh start prints its address. Rates
// are so low that no token comes back while a test runs.
#include "redis/bucket_store.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/task_group.hpp"

namespace xzepr::redis {
namespace {

using namespace std::chrono_literals;

using Answer = std::optional<std::array<limits::Taken, 2>>;

constexpr auto unhurried = 20s;
constexpr int keys_max = 50;

limits::Demands demand(std::string_view key, std::uint32_t rpm) {
  limits::Demands demands{.count = 1};
  demands.buckets[0] = {.key = fmt::format("xzepr:limit:{{{}}}", key), .rpm = rpm};
  return demands;
}

class BucketStoreTest : public ::testing::Test {
 public:
  void SetUp() override {
    const char* url = std::getenv("XZEPR_TEST_REDIS");
    if (url == nullptr || *url == '\0') GTEST_SKIP() << "XZEPR_TEST_REDIS names no Redis";
    const auto parsed = parse_address(url);
    ASSERT_TRUE(parsed);
    address_ = *parsed;
    address_.database = 7;
    admin_.emplace(loop_, ClientSettings{.address = address_, .command_timeout = unhurried}, link_);
    tasks_.spawn("admin", admin_->run());
  }

  BucketStore& node(std::size_t keys = 100'000) {
    nodes_.push_back(std::make_unique<BucketStore>(
        loop_, BucketStoreSettings{.address = address_, .command_timeout = unhurried, .keys_max = keys},
        link_));
    tasks_.spawn("node", nodes_.back()->run());
    return *nodes_.back();
  }

  template <class Work>
  void run(Work work) {
    tasks_.spawn("work", [](BucketStoreTest& test, Work todo) -> Task<> {
      co_await test.admin_->first_try();
      for (auto& each : test.nodes_) co_await each->first_try();
      co_await test.tell("FLUSHDB");
      co_await todo(test);
      test.is_done_ = true;
      test.tasks_.cancel();
    }(*this, std::move(work)));
    loop_.run();
    EXPECT_TRUE(is_done_);
  }

  // Words stand between bars.
  Task<Reply> tell(std::string command) {
    const auto reply = co_await admin_->call(words_of(command));
    EXPECT_TRUE(reply) << command;
    co_return reply.value_or(Reply{});
  }

  static std::vector<std::string_view> words_of(std::string_view command) {
    std::vector<std::string_view> words;
    for (;;) {
      const auto bar = command.find('|');
      words.push_back(command.substr(0, bar));
      if (bar == std::string_view::npos) return words;
      command.remove_prefix(bar + 1);
    }
  }

  Task<int> admitted(BucketStore& store, std::string_view key, std::uint32_t rpm, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) {
      const auto taken = co_await store.take(demand(key, rpm));
      EXPECT_TRUE(taken);
      count += taken && taken->at(0).is_admitted ? 1 : 0;
    }
    co_return count;
  }

  asio::io_context loop_{1};
  TaskGroup tasks_{loop_.get_executor(), [](std::string_view name, const std::exception& what) {
                     ADD_FAILURE() << name << ": " << what.what();
                   }};
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics_;
  Link link_{"test", 1, log_, metrics_};
  Address address_;
  std::optional<Client> admin_;
  std::vector<std::unique_ptr<BucketStore>> nodes_;
  bool is_done_ = false;
};

TEST_F(BucketStoreTest, F14_TwoNodesShareOneExactCount) {
  node();
  node();
  run([](BucketStoreTest& test) -> Task<> {
    int count = 0;
    for (std::size_t i = 0; i < 20; ++i) count += co_await test.admitted(*test.nodes_[i % 2], "a", 3, 1);
    EXPECT_EQ(count, 3);
    EXPECT_EQ(co_await test.admitted(*test.nodes_[0], "b", 3, 4), 3);
  });
}

TEST_F(BucketStoreTest, SaysWhatIsLeftOfEachBucket) {
  node();
  run([](BucketStoreTest& test) -> Task<> {
    auto both = demand("a", 5);
    both.buckets[1] = {.key = "xzepr:limit:{a}:/api/v1/auth", .rpm = 1};
    both.count = 2;
    const auto first = co_await test.nodes_[0]->take(both);
    const auto second = co_await test.nodes_[0]->take(both);
    if (!first || !second) co_return;
    EXPECT_TRUE(first->at(0).is_admitted && first->at(1).is_admitted);
    EXPECT_NEAR(first->at(0).tokens, 4, 0.5);
    EXPECT_TRUE(second->at(0).is_admitted);
    EXPECT_FALSE(second->at(1).is_admitted);
    EXPECT_NEAR(second->at(0).tokens, 3, 0.5);
    EXPECT_NEAR(second->at(1).tokens, 0, 0.5);
  });
}

TEST_F(BucketStoreTest, RefillsByTheClockOfRedis) {
  node();
  run([](BucketStoreTest& test) -> Task<> {
    const auto time = co_await test.tell("TIME");
    const auto half_a_minute_ago = std::to_string(std::stoll(time.elements[0].text) - 30) + "000000";
    static_cast<void>(co_await test.tell("SET|xzepr:limit:{a}|0.000000 " + half_a_minute_ago));
    EXPECT_EQ(co_await test.admitted(*test.nodes_[0], "a", 4, 4), 2);
    const auto tomorrow = std::to_string(std::stoll(time.elements[0].text) + 86'400) + "000000";
    static_cast<void>(co_await test.tell("SET|xzepr:limit:{a}|1.000000 " + tomorrow));
    EXPECT_EQ(co_await test.admitted(*test.nodes_[0], "a", 4, 4), 1) << "a clock set back takes nothing away";
  });
}

TEST_F(BucketStoreTest, AKeyLivesUntilItsBucketIsFull) {
  node();
  run([](BucketStoreTest& test) -> Task<> {
    EXPECT_EQ(co_await test.admitted(*test.nodes_[0], "a", 4, 1), 1);
    const auto one = (co_await test.tell("PTTL|xzepr:limit:{a}")).integer;
    EXPECT_TRUE(one > 0 && one <= 15'000) << one;
    EXPECT_EQ(co_await test.admitted(*test.nodes_[0], "a", 4, 4), 3);
    const auto all = (co_await test.tell("PTTL|xzepr:limit:{a}")).integer;
    EXPECT_TRUE(all > 15'000 && all <= 60'000) << all;
  });
}

// Rows F16 and B12: other callers neither fill Redis nor push out who is over the limit.
TEST_F(BucketStoreTest, F16_B12_BeyondItsBoundItKeepsNoNewKeysAndForgetsNone) {
  node(keys_max);
  run([](BucketStoreTest& test) -> Task<> {
    auto& store = *test.nodes_[0];
    EXPECT_EQ(co_await test.admitted(store, "victim", 3, 5), 3);
    int kept = 0;
    for (int i = 0; i < 3 * keys_max; ++i)
      kept += co_await store.take(demand("other-" + std::to_string(i), 3)) ? 1 : 0;
    EXPECT_EQ(kept, keys_max - 1) << "the victim's is there too";
    EXPECT_EQ((co_await test.tell("DBSIZE")).integer, keys_max);
    EXPECT_EQ(co_await test.admitted(store, "victim", 3, 2), 0);
    EXPECT_TRUE(store.is_up());
  });
}

TEST_F(BucketStoreTest, R25_AFlushCostsAtMostOneMoreLimitAndTheScriptComesBack) {
  node();
  run([](BucketStoreTest& test) -> Task<> {
    auto& store = *test.nodes_[0];
    EXPECT_EQ(co_await test.admitted(store, "a", 3, 5), 3);
    static_cast<void>(co_await test.tell("FLUSHALL"));
    static_cast<void>(co_await test.tell("SCRIPT|FLUSH"));
    EXPECT_EQ(co_await test.admitted(store, "a", 3, 5), 3);
    EXPECT_TRUE(store.is_up());
  });
}

TEST_F(BucketStoreTest, AUserWithTheRightsThatAreDocumentedIsEnoughAndOneWithoutIsNone) {
  run([](BucketStoreTest& test) -> Task<> {
    static_cast<void>(
        co_await test.tell("ACL|SETUSER|few|on|>few-secret|~xzepr:limit:*|+auth|+select|+eval|+evalsha|+time|"
                           "+exists|+dbsize|+get|+set"));
    static_cast<void>(co_await test.tell("ACL|SETUSER|none|on|>none-secret|~*|+auth|+select"));
    for (const std::string user : {"few", "none"}) {
      test.address_.user = user;
      test.address_.password = user + "-secret";
      auto& store = test.node();
      co_await store.first_try();
      EXPECT_EQ(store.is_up(), user == "few") << user;
    }
    EXPECT_EQ(co_await test.admitted(*test.nodes_[0], "a", 3, 5), 3);
    EXPECT_FALSE(co_await test.nodes_[1]->take(demand("a", 3)));
    static_cast<void>(co_await test.tell("ACL|DELUSER|few|none"));
  });
}

}  // namespace
}  // namespace xzepr::redis
