// The cluster that librdkafka brings along for tests: it takes what it is told to take, and does not look at
// the numbers that a producer gives its messages.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

namespace xzepr::journal::kafka {

/// One broker with one topic, "events", of three partitions.
class MockCluster {
 public:
  static constexpr std::int16_t produce = 0;
  static constexpr std::int16_t init_producer_id = 22;

  MockCluster()
      : owner_(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0)),
        cluster_(rd_kafka_mock_cluster_new(owner_, 1)) {
    rd_kafka_mock_topic_create(cluster_, "events", partitions, 1);
  }
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(owner_);
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  [[nodiscard]] std::string address() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void fail_next(std::int16_t request, rd_kafka_resp_err_t error) {
    rd_kafka_mock_push_request_errors(cluster_, request, 1, error);
  }
  void fail_next_produce(rd_kafka_resp_err_t error) { fail_next(produce, error); }
  void go_down() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void come_up() { rd_kafka_mock_broker_set_up(cluster_, 1); }

  /// What arrived, of each key in its order.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> bodies() const {
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", address().c_str(), nullptr, 0);
    rd_kafka_conf_set(conf, "enable.partition.eof", "true", nullptr, 0);
    auto* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
    auto* topic = rd_kafka_topic_new(consumer, "events", nullptr);
    std::map<std::string, std::vector<std::string>> found;
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
      rd_kafka_consume_start(topic, partition, RD_KAFKA_OFFSET_BEGINNING);
      while (read_one(topic, partition, found)) {
      }
      rd_kafka_consume_stop(topic, partition);
    }
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(consumer);
    return found;
  }
  [[nodiscard]] std::vector<std::string> bodies_of_key(const std::string& key) const { return bodies()[key]; }

 private:
  static constexpr int partitions = 3;
  static constexpr int patience_ms = 20'000;

  /// False: there is no more.
  static bool read_one(rd_kafka_topic_t* topic, std::int32_t partition,
                       std::map<std::string, std::vector<std::string>>& found) {
    auto* message = rd_kafka_consume(topic, partition, patience_ms);
    if (message == nullptr) return false;
    const bool is_over = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
      found[{static_cast<const char*>(message->key), message->key_len}].emplace_back(
          static_cast<const char*>(message->payload), message->len);
    rd_kafka_message_destroy(message);
    return !is_over;
  }

  rd_kafka_t* owner_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace xzepr::journal::kafka
