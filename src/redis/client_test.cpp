#include "redis/client.hpp"

#include <unistd.h>

#include <gtest/gtest.h>

#include "redis/played_redis_test.hpp"

namespace xzepr::redis {
namespace {

using namespace std::chrono_literals;

// Long enough for any machine, for answers that come.
constexpr auto patient = 20s;

class RedisClientTest : public ::testing::Test {
 public:
  void SetUp() override { ASSERT_EQ(::pipe(ends_.data()), 0); }
  ~RedisClientTest() override {
    for (const int end : ends_) {
      if (end >= 0) ::close(end);
    }
  }

  Client& make_client(std::chrono::milliseconds timeout = patient) {
    log_.emplace(telemetry::Level::info, telemetry::LogFormat::json, ends_[1]);
    link_.emplace(redis_.address().place(), 1U, *log_, metrics_);
    client_.emplace(
        loop_, ClientSettings{.address = address_of_redis(), .command_timeout = timeout, .pipeline_max = 8},
        *link_);
    tasks_.spawn("redis", client_->run());
    return *client_;
  }

  // Runs `work` to its end, then ends all that runs beside it.
  void run(Task<> work) {
    bool is_done = false;
    tasks_.spawn("work", finish(std::move(work), is_done));
    loop_.run();
    EXPECT_TRUE(is_done);
  }

  Task<> finish(Task<> work, bool& is_done) {
    co_await std::move(work);
    is_done = true;
    tasks_.cancel();
  }

  Task<> until_up() {
    while (!client_->is_up()) co_await sleep_for(1ms);
  }
  Task<> until_lost(int times) {
    const auto shown = "xzepr_redis_losses_total " + std::to_string(times) + "\n";
    while (!metrics_.render().contains(shown)) co_await sleep_for(1ms);
  }

  Task<std::optional<Reply>> say(std::string_view word) {
    const std::array<std::string_view, 1> words = {word};
    co_return co_await client_->call(words);
  }

  Address address_of_redis() {
    auto address = redis_.address();
    address.user = user_;
    address.password = password_;
    return address;
  }

  std::string logged() {
    log_.reset();
    ::close(std::exchange(ends_[1], -1));
    std::string text(65'536, '\0');
    const auto got = ::read(ends_[0], text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  static int lines(std::string_view text, std::string_view part) {
    int count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
  }

  asio::io_context loop_{1};
  TaskGroup tasks_{loop_.get_executor(), [](std::string_view name, const std::exception& what) {
                     ADD_FAILURE() << name << ": " << what.what();
                   }};
  PlayedRedis redis_{loop_, tasks_, [](const std::vector<Reply>& words) {
                       return words[0].text == "PING" ? "+PONG\r\n" : "+" + words[0].text + "\r\n";
                     }};
  std::string user_;
  std::string password_;
  std::array<int, 2> ends_ = {-1, -1};
  telemetry::Metrics metrics_;
  std::optional<telemetry::Log> log_;
  std::optional<Link> link_;
  std::optional<Client> client_;
};

TEST_F(RedisClientTest, GivesEachCallerItsOwnAnswer) {
  auto& client = make_client();
  run([](RedisClientTest& test, Client& redis) -> Task<> {
    co_await redis.first_try();
    EXPECT_TRUE(redis.is_up());
    EXPECT_EQ((co_await test.say("one"))->text, "one");
    EXPECT_EQ((co_await test.say("two"))->text, "two");
  }(*this, client));
  EXPECT_EQ(logged(), "") << "all is well, and the end is no loss";
}

TEST_F(RedisClientTest, ShowsItsPasswordAndTellsWhenItIsRefused) {
  std::vector<std::string> heard;
  redis_.behaviour = [&](const std::vector<Reply>& words) -> std::string {
    for (const auto& word : words) heard.push_back(word.text);
    return "-WRONGPASS invalid username-password pair\r\n";
  };
  user_ = "app";
  password_ = "canary";
  auto& client = make_client();
  run(client.first_try());
  EXPECT_FALSE(client.is_up());
  EXPECT_EQ(heard, (std::vector<std::string>{"AUTH", "app", "canary"}));
  const auto text = logged();
  EXPECT_EQ(lines(text, "WRONGPASS"), 1);
  EXPECT_EQ(lines(text, "canary"), 0);
}

TEST_F(RedisClientTest, WithoutAConnectionThereIsNoAnswerAtOnce) {
  redis_.behaviour = [](const std::vector<Reply>&) { return PlayedRedis::hang_up; };
  make_client();
  run([](RedisClientTest& test) -> Task<> {
    co_await test.client_->first_try();
    EXPECT_FALSE(co_await test.say("x"));
  }(*this));
}

TEST_F(RedisClientTest, ALostConnectionTellsAllWhoWaitAndComesBackByItself) {
  make_client();
  run([](RedisClientTest& test) -> Task<> {
    co_await test.until_up();
    const auto answers = test.redis_.behaviour;
    test.redis_.behaviour = [](const std::vector<Reply>&) { return PlayedRedis::hang_up; };
    EXPECT_FALSE(co_await test.say("x"));
    EXPECT_FALSE(test.client_->is_up());
    test.redis_.behaviour = answers;
    co_await test.until_up();
    EXPECT_EQ((co_await test.say("y"))->text, "y");
  }(*this));
  const auto text = logged();
  EXPECT_EQ(lines(text, "Redis does not answer"), 1) << text;
  EXPECT_EQ(lines(text, "Redis is back"), 1) << text;
}

TEST_F(RedisClientTest, ThreeLateAnswersInARowEndTheConnectionAndALateOneIsNotGivenToTheNextCaller) {
  int commands = 0;
  redis_.behaviour = [&](const std::vector<Reply>& words) -> std::string {
    if (words[0].text == "PING") return "+PONG\r\n";
    return ++commands == 2 ? "+first\r\n+second\r\n" : "";
  };
  make_client(50ms);
  run([](RedisClientTest& test) -> Task<> {
    co_await test.until_up();
    EXPECT_FALSE(co_await test.say("first"));
    const auto second = co_await test.say("second");
    EXPECT_EQ(second.value_or(Reply{.text = "second"}).text, "second");
    while (test.client_->is_up()) static_cast<void>(co_await test.say("more"));
  }(*this));
  EXPECT_EQ(lines(logged(), "had no answer within 50 ms"), 1);
}

TEST_F(RedisClientTest, AFullPipelineGivesNoAnswerAtOnce) {
  redis_.behaviour = [](const std::vector<Reply>& words) -> std::string {
    return words[0].text == "PING" ? "+PONG\r\n" : words[0].text == "end" ? PlayedRedis::hang_up : "";
  };
  make_client();
  int without = 0;
  run([](RedisClientTest& test, int& missed) -> Task<> {
    co_await test.until_up();
    const auto ask = [](RedisClientTest& of, int& count, std::string_view word) -> Task<> {
      if (!co_await of.say(word)) ++count;
    };
    for (int i = 0; i < 7; ++i) test.tasks_.spawn("ask", ask(test, missed, "silence"));
    while (test.client_->waiting_count() < 7) co_await sleep_for(1ms);
    test.tasks_.spawn("ask", ask(test, missed, "silence"));
    while (test.client_->waiting_count() < 8) co_await sleep_for(1ms);
    EXPECT_FALSE(co_await test.say("one too many"));
    EXPECT_EQ(missed, 0) << "the others wait still";
  }(*this, without));
  EXPECT_EQ(without, 8) << "and are told at the end";
}

TEST_F(RedisClientTest, AnErrorIsNoAnswerAndEndsTheConnectionUnlessItIsExpected) {
  redis_.behaviour = [](const std::vector<Reply>& words) -> std::string {
    return words[0].text == "PING" ? "+PONG\r\n" : "-" + words[0].text + " it is\r\n";
  };
  make_client();
  run([](RedisClientTest& test) -> Task<> {
    co_await test.until_up();
    const std::array<std::string_view, 1> words = {"NOSCRIPT"};
    const auto expected = co_await test.client_->call(words, "NOSCRIPT");
    EXPECT_TRUE(expected && expected->is_error());
    EXPECT_TRUE(test.client_->is_up());
    EXPECT_FALSE(co_await test.say("READONLY"));
    EXPECT_FALSE(test.client_->is_up());
  }(*this));
  EXPECT_EQ(lines(logged(), "READONLY it is"), 1);
}

TEST_F(RedisClientTest, WhatIsNoRedisIsLeft) {
  std::string said;
  redis_.behaviour = [&](const std::vector<Reply>& words) {
    return words[0].text == "PING" ? "+PONG\r\n" : said;
  };
  make_client();
  run([](RedisClientTest& test, std::string& says) -> Task<> {
    int losses = 0;
    for (const auto* nonsense : {"HTTP/1.1 400 Bad Request\r\n\r\n", "+x\r\n+not asked\r\n", "*999999\r\n"}) {
      co_await test.until_up();
      says = nonsense;
      static_cast<void>(co_await test.say("x"));
      co_await test.until_lost(++losses);
    }
  }(*this, said));
}

}  // namespace
}  // namespace xzepr::redis
