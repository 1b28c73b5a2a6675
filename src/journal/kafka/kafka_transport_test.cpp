// Against the cluster that librdkafka brings along for tests; the real broker is in tests/e2e.
#include "journal/kafka/kafka_transport.hpp"

#include <condition_variable>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "journal/kafka/mock_cluster_test.hpp"
#include "journal/kafka/tail.hpp"
#include "journal/kafka/verdict.hpp"

namespace xzepr::journal::kafka {
namespace {

using namespace std::chrono_literals;

class KafkaTransportTest : public testing::Test {
 protected:
  void open(Settings settings) {
    transport_ = std::make_unique<KafkaTransport>(std::move(settings), log_);
    transport_->on_change([this] {
      const std::lock_guard lock(mutex_);
      is_changed_ = true;
      changed_.notify_one();
    });
    transport_->start();
  }
  void open() { open(Settings{.brokers = {cluster_.address()}, .topic = "events"}); }
  /// The next delivery, in time.
  Delivery next() {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (seen_.empty() && std::chrono::steady_clock::now() < until) {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, 100ms, [this] { return is_changed_; });
      is_changed_ = false;
      lock.unlock();
      for (auto& one : transport_->take()) seen_.push_back(std::move(one));
    }
    if (seen_.empty()) return {.position = -1, .status = DeliveryStatus::away, .why = "nothing came"};
    auto first = std::move(seen_.front());
    seen_.pop_front();
    return first;
  }
  void expect_next(DeliveryStatus status) {
    const auto delivery = next();
    EXPECT_EQ(static_cast<int>(delivery.status), static_cast<int>(status)) << delivery.why;
  }
  Offer offer(std::int64_t position, std::string body = "{}") {
    return transport_->send(
        {.position = position, .id = {}, .key = std::to_string(position % 7), .body = std::move(body)});
  }
  void send(std::int64_t position, const std::string& body = "{}") {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (offer(position, body) == Offer::full && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(1ms);
  }
  void begin_again() {
    transport_->start();
    expect_next(DeliveryStatus::ready);
  }

  MockCluster cluster_;
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_changed_ = false;
  std::deque<Delivery> seen_;
  std::unique_ptr<KafkaTransport> transport_;
};

TEST_F(KafkaTransportTest, TellsOfEachMessageThatWasTaken) {
  open();
  expect_next(DeliveryStatus::ready);
  std::set<std::int64_t> left;
  for (std::int64_t position = 1; position <= 100; ++position) {
    send(position);
    left.insert(position);
  }
  while (!left.empty()) {
    const auto delivery = next();
    ASSERT_EQ(delivery.status, DeliveryStatus::delivered) << delivery.why;
    EXPECT_EQ(left.erase(delivery.position), 1U);
  }
}

TEST_F(KafkaTransportTest, AMessageThatNoBrokerTakesIsRefusedAlone) {
  open();
  expect_next(DeliveryStatus::ready);
  send(1, std::string(limits::message_bytes_max, 'x'));
  const auto large = next();
  EXPECT_EQ(large.status, DeliveryStatus::refused);
  EXPECT_EQ(large.cause, domain::DeadLetterCause::too_large);
  EXPECT_EQ(large.position, 1);
  expect_next(DeliveryStatus::interrupted);
  EXPECT_EQ(offer(2), Offer::full) << "nothing is sent behind it";
  begin_again();
  cluster_.fail_next_produce(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  send(2);
  const auto refused = next();
  EXPECT_EQ(refused.status, DeliveryStatus::refused) << refused.why;
  EXPECT_EQ(refused.position, 2);
  expect_next(DeliveryStatus::interrupted);
  EXPECT_EQ(offer(3), Offer::full) << "nothing is sent behind it";
  begin_again();
  send(3);
  const auto other = next();
  EXPECT_EQ(other.status, DeliveryStatus::delivered) << other.why;
  EXPECT_EQ(other.position, 3);
}

TEST_F(KafkaTransportTest, MessagesThatAreRefusedAsOneAreAllToldOf) {
  open();
  expect_next(DeliveryStatus::ready);
  send(7);
  expect_next(DeliveryStatus::delivered);
  cluster_.go_down();
  expect_next(DeliveryStatus::away);
  for (const auto position : {14, 21, 28}) send(position, std::to_string(position));
  cluster_.fail_next_produce(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  cluster_.come_up();
  auto delivery = next();
  while (delivery.status == DeliveryStatus::away) delivery = next();
  for (const auto position : {14, 21, 28}) {
    EXPECT_EQ(delivery.status, DeliveryStatus::refused) << delivery.why;
    EXPECT_EQ(delivery.position, position);
    delivery = next();
  }
  EXPECT_EQ(delivery.status, DeliveryStatus::interrupted);
}

TEST_F(KafkaTransportTest, AFatalErrorIsToldOnceAndAnotherProducerGoesOn) {
  open();
  expect_next(DeliveryStatus::ready);
  send(7, "7");
  expect_next(DeliveryStatus::delivered);
  cluster_.fail_next_produce(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  send(14, "14");
  const auto fatal = next();
  EXPECT_EQ(fatal.status, DeliveryStatus::interrupted);
  EXPECT_NE(fatal.why.find("sequence desynchronization"), std::string::npos) << fatal.why;
  EXPECT_EQ(offer(21), Offer::full);
  begin_again();
  for (const auto position : {14, 21, 28}) send(position, std::to_string(position));
  for (const auto position : {14, 21, 28}) EXPECT_EQ(next().position, position);
  EXPECT_EQ(cluster_.bodies_of_key("0"), (std::vector<std::string>{"7", "14", "21", "28"}));
}

TEST_F(KafkaTransportTest, AnErrorThatEndsAMessageEndsItsProducer) {
  open();
  expect_next(DeliveryStatus::ready);
  for (const auto error : {RD_KAFKA_RESP_ERR_UNKNOWN, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH}) {
    cluster_.fail_next_produce(error);
    send(7);
    const auto delivery = next();
    EXPECT_EQ(delivery.status, DeliveryStatus::interrupted);
    EXPECT_EQ(delivery.why, rd_kafka_err2str(error));
    EXPECT_EQ(offer(14), Offer::full) << "nothing is sent behind it";
    begin_again();
  }
  EXPECT_TRUE(cluster_.bodies_of_key("0").empty());
}

TEST_F(KafkaTransportTest, AProducerThatNobodyGivesAnIdIsBlocked) {
  cluster_.fail_next(MockCluster::init_producer_id, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  open();
  auto delivery = next();
  while (delivery.status == DeliveryStatus::ready) delivery = next();
  EXPECT_EQ(delivery.status, DeliveryStatus::blocked) << delivery.why;
}

TEST_F(KafkaTransportTest, NothingOvertakesTheFirstMessageForAPartition) {
  open();
  expect_next(DeliveryStatus::ready);
  cluster_.go_down();
  EXPECT_EQ(offer(7), Offer::taken);
  EXPECT_EQ(offer(14), Offer::full);
  cluster_.come_up();
  auto delivery = next();
  while (delivery.status == DeliveryStatus::away) delivery = next();
  EXPECT_EQ(delivery.position, 7) << delivery.why;
  EXPECT_EQ(offer(14), Offer::taken);
  EXPECT_EQ(offer(21), Offer::taken);
}

TEST_F(KafkaTransportTest, WithoutTheRightToWriteItIsBlocked) {
  open();
  expect_next(DeliveryStatus::ready);
  cluster_.fail_next_produce(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  send(1);
  expect_next(DeliveryStatus::blocked);
}

TEST_F(KafkaTransportTest, ABrokerThatComesBackTakesWhatWaited) {
  open();
  expect_next(DeliveryStatus::ready);
  cluster_.go_down();
  send(1);
  expect_next(DeliveryStatus::away);
  cluster_.come_up();
  auto delivery = next();
  while (delivery.status == DeliveryStatus::away && delivery.position == 0) delivery = next();
  EXPECT_EQ(delivery.status, DeliveryStatus::delivered) << delivery.why;
  EXPECT_EQ(delivery.position, 1);
}

TEST_F(KafkaTransportTest, WhatWasGivenUpIsNotToldOf) {
  open();
  expect_next(DeliveryStatus::ready);
  cluster_.go_down();
  send(1);
  transport_->start();
  cluster_.come_up();
  auto delivery = next();
  while (delivery.status == DeliveryStatus::away && delivery.position == 0) delivery = next();
  EXPECT_EQ(delivery.status, DeliveryStatus::ready) << delivery.why;
  send(2);
  EXPECT_EQ(next().position, 2);
}

TEST_F(KafkaTransportTest, WhatIsAtTheEndOfTheTopicAlreadyIsNotSentOnceMore) {
  open();
  expect_next(DeliveryStatus::ready);
  for (std::int64_t position = 1; position <= 40; ++position) send(position, std::to_string(position));
  for (int i = 0; i < 40; ++i) expect_next(DeliveryStatus::delivered);
  // As another process, which knows of none of them.
  open();
  expect_next(DeliveryStatus::ready);
  cluster_.fail_next_produce(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  for (std::int64_t position = 1; position <= 41; ++position) send(position, std::to_string(position));
  for (std::int64_t position = 1; position <= 40; ++position) {
    const auto delivery = next();
    EXPECT_EQ(delivery.status, DeliveryStatus::delivered) << delivery.why;
    EXPECT_EQ(delivery.position, position);
  }
  // Only the last one was produced, and met the error.
  const auto last = next();
  EXPECT_EQ(last.status, DeliveryStatus::refused);
  EXPECT_EQ(last.position, 41);
}

TEST_F(KafkaTransportTest, OnlyTheEndOfEachPartitionIsKnown) {
  open();
  expect_next(DeliveryStatus::ready);
  for (std::int64_t position = 1; position <= 60; ++position) send(position, std::to_string(position));
  for (int i = 0; i < 60; ++i) expect_next(DeliveryStatus::delivered);
  const std::atomic<bool> is_ending = false;
  const Settings settings{.brokers = {cluster_.address()}, .topic = "events"};
  const auto all = read_tail(settings, 3, {}, is_ending, log_);
  for (std::int64_t position = 1; position <= 60; ++position)
    EXPECT_TRUE(all.tail.contains(std::to_string(position))) << position;
  const auto last = read_tail(settings, 3, {.rows_max = 1}, is_ending, log_);
  EXPECT_TRUE(last.tail.contains("60"));
  EXPECT_FALSE(last.tail.contains("1"));
}

TEST_F(KafkaTransportTest, AnEndThatCannotBeReadInTimeIsLeftOut) {
  const std::atomic<bool> is_ending = false;
  const Settings settings{.brokers = {"127.0.0.1:1"}, .topic = "events"};
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_TRUE(read_tail(settings, 3, {.patience = 100ms}, is_ending, log_).tail.is_empty());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST(Tail, KnowsEachBodyOnceAndOfTooManyTheLatest) {
  Tail tail(4);
  EXPECT_TRUE(tail.is_empty());
  for (const auto* body : {"a", "bb", "a", "c"}) tail.add(body);
  EXPECT_TRUE(tail.contains("a") && tail.contains("bb") && tail.contains("c"));
  tail.add("ddd");
  EXPECT_FALSE(tail.contains("a") || tail.contains("bb"));
  EXPECT_TRUE(tail.contains("c") && tail.contains("ddd"));
  auto moved = std::move(tail);
  EXPECT_TRUE(moved.contains("c") && moved.contains("ddd"));
  moved.clear();
  EXPECT_TRUE(moved.is_empty() && !moved.contains("c"));
}

TEST_F(KafkaTransportTest, NoCallWaitsForABrokerThatIsNotThere) {
  const auto begun = std::chrono::steady_clock::now();
  open(Settings{.brokers = {"127.0.0.1:1"}, .topic = "events"});
  EXPECT_EQ(transport_->send({.position = 1, .body = "{}"}), Offer::full);
  transport_->stop();
  transport_->start();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 500ms);
  expect_next(DeliveryStatus::away);
}

TEST_F(KafkaTransportTest, WhatCannotBeSetUpIsSaid) {
  Settings settings{.brokers = {cluster_.address()}, .topic = "events"};
  settings.security = {.protocol = Protocol::tls, .ca_file = "/nowhere/ca.pem"};
  open(std::move(settings));
  const auto delivery = next();
  EXPECT_EQ(delivery.status, DeliveryStatus::blocked);
  EXPECT_NE(delivery.why.find("ca"), std::string::npos) << delivery.why;
}

TEST(Verdict, KnowsWhoseFaultAnErrorIs) {
  using enum DeliveryStatus;
  for (const auto& [error, status] : std::vector<std::pair<rd_kafka_resp_err_t, DeliveryStatus>>{
           {RD_KAFKA_RESP_ERR_NO_ERROR, delivered},
           {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, refused},
           {RD_KAFKA_RESP_ERR_INVALID_RECORD, refused},
           {RD_KAFKA_RESP_ERR__AUTHENTICATION, blocked},
           {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, blocked},
           {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, blocked},
           {RD_KAFKA_RESP_ERR__FATAL, interrupted},
           {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, interrupted},
           {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, away}})
    EXPECT_EQ(verdict_on(error).status, status) << rd_kafka_err2name(error);
  EXPECT_EQ(verdict_on(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE).cause, domain::DeadLetterCause::too_large);
}

}  // namespace
}  // namespace xzepr::journal::kafka
