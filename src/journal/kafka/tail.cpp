#include "journal/kafka/tail.hpp"

#include <array>
#include <memory>
#include <set>
#include <utility>

#include <librdkafka/rdkafka.h>

#include "base/limits.hpp"
#include "journal/kafka/conf.hpp"
#include "journal/kafka/verdict.hpp"

namespace xzepr::journal::kafka {
namespace {

constexpr int look_at_end_ms = 50;
constexpr int find_leaders_ms = 500;

/// A consumer of the last rows of every partition, through one queue.
class TailReader {
 public:
  TailReader(const Settings& settings, std::int32_t partitions, std::int64_t rows_max);
  ~TailReader();
  TailReader(const TailReader&) = delete;
  TailReader& operator=(const TailReader&) = delete;

  /// Takes what comes within a moment.
  void read(Tail& tail);
  /// All is read, or nothing more can be.
  [[nodiscard]] bool is_over() const { return !why_.empty() || open_.empty(); }
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  void find_leaders();
  void fail(rd_kafka_resp_err_t error) { why_ = rd_kafka_err2str(error); }

  rd_kafka_t* consumer_ = nullptr;
  rd_kafka_topic_t* topic_ = nullptr;
  rd_kafka_queue_t* queue_ = nullptr;
  std::set<std::int32_t> begun_;
  std::set<std::int32_t> open_;  // whose end was not seen
  std::string why_;
};

TailReader::TailReader(const Settings& settings, std::int32_t partitions, std::int64_t rows_max) {
  auto conf = make_conf(settings, {{"enable.partition.eof", "true"},
                                   {"auto.offset.reset", "earliest"},  // of a topic that is shorter
                                   {"fetch.wait.max.ms", "10"},
                                   {"fetch.error.backoff.ms", "20"},
                                   {"fetch.message.max.bytes", std::to_string(limits::message_bytes_max)},
                                   {"queued.max.messages.kbytes", "4096"},
                                   {"check.crcs", "true"}});
  if (!conf) {
    why_ = std::move(conf).error();
    return;
  }
  std::array<char, 512> said{};
  consumer_ = rd_kafka_new(RD_KAFKA_CONSUMER, conf->get(), said.data(), said.size());
  if (consumer_ == nullptr) {
    why_ = said.data();
    return;
  }
  (void)conf->release();  // the consumer's now
  topic_ = rd_kafka_topic_new(consumer_, settings.topic.c_str(), nullptr);
  if (topic_ == nullptr) {
    fail(rd_kafka_last_error());
    return;
  }
  find_leaders();
  queue_ = rd_kafka_queue_new(consumer_);
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    if (rd_kafka_consume_start_queue(topic_, partition, RD_KAFKA_OFFSET_TAIL(rows_max), queue_) != 0) {
      fail(rd_kafka_last_error());
      return;
    }
    begun_.insert(partition);
  }
  open_ = begun_;
}

// Whoever begins before they are known asks again half a second later.
void TailReader::find_leaders() {
  const rd_kafka_metadata_t* metadata = nullptr;
  (void)rd_kafka_metadata(consumer_, 0, topic_, &metadata, find_leaders_ms);
  if (metadata != nullptr) rd_kafka_metadata_destroy(metadata);
}

TailReader::~TailReader() {
  for (const auto partition : begun_) (void)rd_kafka_consume_stop(topic_, partition);
  if (queue_ != nullptr) rd_kafka_queue_destroy(queue_);
  if (topic_ != nullptr) rd_kafka_topic_destroy(topic_);
  if (consumer_ != nullptr) rd_kafka_destroy(consumer_);
}

void TailReader::read(Tail& tail) {
  rd_kafka_poll(consumer_, 0);
  auto* message = rd_kafka_consume_queue(queue_, look_at_end_ms);
  if (message == nullptr) return;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    tail.add(std::string(static_cast<const char*>(message->payload), message->len));
  } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    open_.erase(message->partition);
  } else if (verdict_on(message->err).status == DeliveryStatus::blocked) {
    fail(message->err);
  }
  rd_kafka_message_destroy(message);
}

}  // namespace

void Tail::add(std::string body) {
  if (known_.contains(body)) return;
  bytes_ += body.size();
  known_.insert(bodies_.emplace_back(std::move(body)));
  while (bytes_ > bytes_max_) {
    known_.erase(bodies_.front());
    bytes_ -= bodies_.front().size();
    bodies_.pop_front();
  }
}

void Tail::clear() {
  known_.clear();
  bodies_.clear();
  bytes_ = 0;
}

TailRead read_tail(const Settings& settings, std::int32_t partitions, TailWindow window,
                   const std::atomic<bool>& is_ending, telemetry::Log& log) {
  TailRead made{.tail = Tail(window.bytes_max)};
  auto reader = std::make_unique<TailReader>(settings, partitions, window.rows_max);
  const auto until = std::chrono::steady_clock::now() + window.patience;
  while (!reader->is_over() && !is_ending && std::chrono::steady_clock::now() < until)
    reader->read(made.tail);
  if (!reader->why().empty())
    log.info("kafka", "the end of the topic cannot be read: after a crash messages come again",
             {{"topic", settings.topic}, {"why", reader->why()}});
  made.closed = std::async(std::launch::async, [reader = std::move(reader)]() mutable { reader.reset(); });
  return made;
}

}  // namespace xzepr::journal::kafka
