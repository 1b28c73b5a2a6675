// A relay with its driver, on a cluster whose answers end one producer after the other.
#include <gtest/gtest.h>

#include "journal/kafka/kafka_transport.hpp"
#include "journal/kafka/mock_cluster_test.hpp"
#include "journal/relay_driver_fixture_test.hpp"

namespace xzepr::journal::kafka {
namespace {

using namespace std::chrono_literals;

class RelayOnKafkaTest : public RelayDriverFixture {
 protected:
  void run(std::vector<rd_kafka_resp_err_t> errors) {
    tasks_.spawn("driver", driver_.run());
    tasks_.spawn("script", script(this, std::move(errors)));
    loop_.run();
  }
  void append(std::int64_t rows) {
    for (std::int64_t i = 0; i < rows; ++i) {
      const auto position = std::ssize(store_.journal) + 1;
      store_.journal.push_back(event_entry(position, position % 5));
      const auto message = domain::render_message(store_.journal.back(), {});
      ASSERT_TRUE(message);
      expected_[message->key].push_back(message->body);
    }
    driver_.hear_commit();
  }
  [[nodiscard]] int interruptions() {
    const std::string name = "xzepr_sink_interruptions_total{sink=\"test\"} ";
    const auto text = metrics_.render();
    return std::stoi(text.substr(text.find(name) + name.size()));
  }

  MockCluster cluster_;
  KafkaTransport transport_{{.brokers = {cluster_.address()}, .topic = "events"}, log_};
  RelayDriver driver_{loop_, options(), parts(transport_)};
  TaskGroup tasks_{loop_.get_executor(), &fail};
  std::map<std::string, std::vector<std::string>> expected_;

 private:
  [[nodiscard]] Task<> wait_until_delivered() {
    return wait_until([this] { return store_.sink.position == std::ssize(store_.journal); }, 30s);
  }
  // One row alone meets the error, because the cluster does not look at what is behind it.
  static Task<> script(RelayOnKafkaTest* self, std::vector<rd_kafka_resp_err_t> errors) {
    int ended = 0;
    for (const auto error : errors) {
      self->append(20);
      co_await self->wait_until_delivered();
      self->cluster_.fail_next_produce(error);
      self->append(1);
      co_await wait_until([self, ended] { return self->interruptions() > ended; }, 30s);
      ++ended;
    }
    self->append(20);
    co_await self->wait_until_delivered();
    EXPECT_EQ(self->interruptions(), ended);
    self->driver_.stop(Deadline::after(5s));
  }
};

TEST_F(RelayOnKafkaTest, WhateverEndsAProducerNothingIsLostRepeatedOrOutOfOrder) {
  run({RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
       RD_KAFKA_RESP_ERR_UNKNOWN, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
       RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  EXPECT_TRUE(store_.letters.empty());
  EXPECT_EQ(cluster_.bodies(), expected_);
}

}  // namespace
}  // namespace xzepr::journal::kafka
