#include "journal/kafka/client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "base/limits.hpp"
#include "journal/kafka/conf.hpp"
#include "journal/kafka/first_messages.hpp"
#include "journal/kafka/verdict.hpp"

namespace xzepr::journal::kafka {
namespace {

constexpr std::string_view log_target = "kafka";
constexpr int poll_ms = 100;
constexpr int look_ms = 1'000;
constexpr int tail_looks_max = 4'096;  // more than can have been delivered and not noted
constexpr std::string_view content_type = "application/cloudevents+json; charset=UTF-8";

struct ProducerDeleter {
  void operator()(rd_kafka_t* producer) const noexcept { rd_kafka_destroy(producer); }
};
struct TopicDeleter {
  void operator()(rd_kafka_topic_t* topic) const noexcept { rd_kafka_topic_destroy(topic); }
};
struct MetadataDeleter {
  void operator()(const rd_kafka_metadata_t* metadata) const noexcept { rd_kafka_metadata_destroy(metadata); }
};
struct QueueDeleter {
  void operator()(rd_kafka_queue_t* queue) const noexcept { rd_kafka_queue_destroy(queue); }
};
struct EventDeleter {
  void operator()(rd_kafka_event_t* event) const noexcept { rd_kafka_event_destroy(event); }
};
struct NewTopicDeleter {
  void operator()(rd_kafka_NewTopic_t* topic) const noexcept { rd_kafka_NewTopic_destroy(topic); }
};

const Properties& producer_properties() {
  static const Properties properties = {
      {"enable.idempotence", "true"},
      // What is behind a message that fails must not arrive before it: the producer ends instead.
      {"enable.gapless.guarantee", "true"},
      {"acks", "all"},
      // A message that is given up leaves a gap: none is, as long as the producer lives.
      {"message.timeout.ms", "0"},
      {"linger.ms", "5"},
      // A batch over the topic's limit would be refused as a whole: only a message alone may be over it.
      {"batch.size", "262144"},
      {"queue.buffering.max.messages", "20000"},
      {"queue.buffering.max.kbytes", "65536"},
  };
  return properties;
}

/// Of each partition: twice its share of what a relay can have under way or not noted, 2,048 rows.
std::int64_t tail_rows(std::int32_t partitions) {
  return std::clamp<std::int64_t>(2 * 2'048 / partitions, 512, 2'048);
}

const char* compression_name(Compression compression) {
  switch (compression) {
    case Compression::none: return "none";
    case Compression::gzip: return "gzip";
    case Compression::snappy: return "snappy";
    case Compression::lz4: return "lz4";
    case Compression::zstd: return "zstd";
  }
  std::unreachable();
}

void* opaque_of(std::int64_t position) {
  static_assert(sizeof(void*) == sizeof(std::int64_t));
  return reinterpret_cast<void*>(position);
}

/// What librdkafka's calls back are about; they come on the client's thread.
struct Listener {
  Inbox& inbox;
  FirstMessages firsts = {};
  std::vector<Delivery> reports = {};  // until the call that brings them returns
  std::string refusal = {};            // said of a message, and the producer has ended with it

  void hand_over() {
    if (!reports.empty()) inbox.put_all(std::exchange(reports, {}));
  }
};

Listener& listener_of(void* opaque) { return *static_cast<Listener*>(opaque); }

Delivery about(int error, std::string why) {
  auto delivery = verdict_on(error);
  delivery.why = std::move(why);
  return delivery;
}

void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  // Ours: the client ends.
  if (message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
    return;
  auto delivery = message->err == RD_KAFKA_RESP_ERR_NO_ERROR
                      ? verdict_on(message->err)
                      : about(message->err, rd_kafka_err2str(message->err));
  delivery.position = reinterpret_cast<std::int64_t>(message->_private);
  // The producer has given the message up, so it must begin again whatever the reason.
  if (delivery.status == DeliveryStatus::away) delivery.status = DeliveryStatus::interrupted;
  auto& listener = listener_of(opaque);
  if (delivery.status == DeliveryStatus::delivered)
    listener.firsts.acknowledged(message->partition, std::chrono::steady_clock::now());
  if (delivery.status == DeliveryStatus::refused) listener.refusal = delivery.why;
  listener.reports.push_back(std::move(delivery));
}

/// Of a producer that has ended: why, and whether somebody must change something. nullopt: a message failed,
/// and its own report says why.
std::optional<Delivery> fatal_error_of(rd_kafka_t* producer) {
  std::array<char, 512> said{};
  const auto error = rd_kafka_fatal_error(producer, said.data(), said.size());
  if (error == RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE) return std::nullopt;
  auto delivery = about(error, said.data());
  if (delivery.status != DeliveryStatus::blocked) delivery.status = DeliveryStatus::interrupted;
  return delivery;
}

void on_error(rd_kafka_t* producer, int error, const char* reason, void* opaque) {
  listener_of(opaque).hand_over();  // in the order in which they were said
  auto& inbox = listener_of(opaque).inbox;
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    if (auto fatal = fatal_error_of(producer)) inbox.put(*std::move(fatal));
    return;
  }
  auto delivery =
      about(error, fmt::format("{}: {}", rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(error)), reason));
  // One connection of several; nothing is wrong until no broker is left.
  if (delivery.status == DeliveryStatus::away && error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;
  // Errors that concern nobody: librdkafka deals with them.
  if (delivery.status == DeliveryStatus::interrupted || delivery.status == DeliveryStatus::refused) return;
  inbox.put(std::move(delivery));
}

}  // namespace

void Inbox::put(Delivery delivery) {
  std::vector<Delivery> one;
  one.push_back(std::move(delivery));
  put_all(std::move(one));
}

void Inbox::put_all(std::vector<Delivery> deliveries) {
  const std::lock_guard lock(mutex_);
  const bool was_empty = deliveries_.empty();
  for (auto& delivery : deliveries) add(std::move(delivery));
  if (was_empty && !deliveries_.empty()) wake_();
}

void Inbox::add(Delivery delivery) {
  if (!wake_ || is_over_) return;
  is_over_ = delivery.status == DeliveryStatus::interrupted || delivery.status == DeliveryStatus::blocked;
  deliveries_.push_back(std::move(delivery));
}

std::vector<Delivery> Inbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(deliveries_, {});
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
  deliveries_.clear();
}

struct Client::Handle {
  explicit Handle(Inbox& inbox) : listener{.inbox = inbox} {}

  Listener listener;
  std::unique_ptr<rd_kafka_t, ProducerDeleter> producer;
  std::unique_ptr<rd_kafka_topic_t, TopicDeleter> topic;  // before the producer is destroyed
};

Client::Client(Settings settings, std::shared_ptr<Inbox> inbox, telemetry::Log& log)
    : settings_(std::move(settings)),
      inbox_(std::move(inbox)),
      log_(log),
      handle_(std::make_unique<Handle>(*inbox_)),
      thread_([this] { run(); }) {}

Client::~Client() {
  end();
  thread_.join();
}

void Client::end() {
  is_ending_ = true;
  inbox_->close();
}

void Client::run() {
  if (open()) {
    while (!is_ending_ && !find_topic()) {
    }
    if (!is_ending_ && !is_topic_new_)
      end_ = read_tail(settings_, partitions_, {.rows_max = tail_rows(partitions_)}, is_ending_, log_);
    handle_->listener.firsts.begin(partitions_);
    if (!is_ending_) serve();
    is_ready_ = false;
    // A call to send() that saw it ready is short.
    while (senders_ > 0) std::this_thread::yield();
    rd_kafka_purge(handle_->producer.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_poll(handle_->producer.get(), 0);
  }
  handle_->topic.reset();
  handle_->producer.reset();
  if (end_.closed.valid()) end_.closed.wait();  // here, and not when the loop lets go of this
  is_over_ = true;
}

bool Client::open() {
  const auto answer = std::to_string(settings_.answer_timeout.count());
  auto properties = producer_properties();
  properties.emplace_back("request.timeout.ms", answer);
  properties.emplace_back("compression.codec", compression_name(settings_.compression));
  auto made = make_conf(settings_, properties);
  if (!made) {
    inbox_->put({.status = DeliveryStatus::blocked, .why = std::move(made).error()});
    return false;
  }
  auto conf = *std::move(made);
  rd_kafka_conf_set_opaque(conf.get(), &handle_->listener);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &on_report);
  rd_kafka_conf_set_error_cb(conf.get(), &on_error);
  std::array<char, 512> said{};
  handle_->producer.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), said.data(), said.size()));
  if (!handle_->producer) {
    inbox_->put({.status = DeliveryStatus::blocked, .why = said.data()});
    return false;
  }
  (void)conf.release();  // the producer's now
  handle_->topic.reset(rd_kafka_topic_new(handle_->producer.get(), settings_.topic.c_str(), nullptr));
  return true;
}

// One question, for about a second. A topic that was missing is looked for again after it was made.
bool Client::find_topic() {
  auto* producer = handle_->producer.get();
  rd_kafka_poll(producer, 0);
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error = rd_kafka_metadata(producer, 0, handle_->topic.get(), &answer, look_ms);
  const std::unique_ptr<const rd_kafka_metadata_t, MetadataDeleter> metadata(answer);
  rd_kafka_poll(producer, 0);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    inbox_->put(about(error, fmt::format("no broker answers: {}", rd_kafka_err2str(error))));
    return false;
  }
  const auto found =
      metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  if (found == RD_KAFKA_RESP_ERR_NO_ERROR) {
    partitions_ = std::max(metadata->topics[0].partition_cnt, 1);
    return true;
  }
  if (found == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    make_topic();
  } else {
    inbox_->put(about(found, fmt::format("topic {}: {}", settings_.topic, rd_kafka_err2str(found))));
  }
  rd_kafka_poll(producer, poll_ms);
  return false;
}

void Client::make_topic() {
  auto* producer = handle_->producer.get();
  std::array<char, 512> said{};
  const std::unique_ptr<rd_kafka_NewTopic_t, NewTopicDeleter> topic(rd_kafka_NewTopic_new(
      settings_.topic.c_str(), settings_.partitions, settings_.replication_factor, said.data(), said.size()));
  if (!topic) {
    return inbox_->put({.status = DeliveryStatus::blocked, .why = said.data()});
  }
  rd_kafka_NewTopic_set_config(topic.get(), "max.message.bytes",
                               std::to_string(limits::message_bytes_max).c_str());
  const std::unique_ptr<rd_kafka_queue_t, QueueDeleter> queue(rd_kafka_queue_new(producer));
  auto* one = topic.get();
  rd_kafka_CreateTopics(producer, &one, 1, nullptr, queue.get());
  const auto patience = static_cast<int>(settings_.answer_timeout.count()) + look_ms;
  const std::unique_ptr<rd_kafka_event_t, EventDeleter> event(rd_kafka_queue_poll(queue.get(), patience));
  if (!event) return;
  auto error = rd_kafka_event_error(event.get());
  std::string why = error != RD_KAFKA_RESP_ERR_NO_ERROR ? rd_kafka_event_error_string(event.get()) : "";
  const auto* result = rd_kafka_event_CreateTopics_result(event.get());
  std::size_t count = 0;
  const auto* const* topics =
      error == RD_KAFKA_RESP_ERR_NO_ERROR ? rd_kafka_CreateTopics_result_topics(result, &count) : nullptr;
  if (count == 1) {
    error = rd_kafka_topic_result_error(topics[0]);
    const auto* text = rd_kafka_topic_result_error_string(topics[0]);
    why = text != nullptr ? text : "";
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    is_topic_new_ = true;
    log_.info(log_target, "the topic was missing and is made",
              {{"topic", settings_.topic}, {"partitions", static_cast<std::int64_t>(settings_.partitions)}});
  } else if (error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    inbox_->put(
        about(error, fmt::format("topic {} is missing and cannot be made: {}", settings_.topic, why)));
  }
}

void Client::serve() {
  is_ready_ = true;
  inbox_->put({.status = DeliveryStatus::ready});
  auto* producer = handle_->producer.get();
  auto& listener = handle_->listener;
  while (!is_ending_) {
    rd_kafka_poll(producer, poll_ms);
    listener.hand_over();
    // After the reports of all messages that were refused as one.
    if (!listener.refusal.empty())
      inbox_->put({.status = DeliveryStatus::interrupted, .why = listener.refusal});
  }
}

bool Client::is_there_already(const domain::Message& message) {
  if (end_.tail.is_empty()) return false;
  if (++tail_looks_ > tail_looks_max) end_.tail.clear();
  return end_.tail.contains(message.body);
}

Offer Client::send(const domain::Message& message) {
  ++senders_;
  Offer offer = Offer::full;
  if (is_ready_ && !is_ending_) {
    const bool is_there = is_there_already(message);
    if (is_there) inbox_->put({.position = message.position});
    offer = is_there ? Offer::taken : produce(message);
  }
  --senders_;
  return offer;
}

// As Java's clients do it.
std::int32_t Client::partition_of(const domain::Message& message) const {
  return rd_kafka_msg_partitioner_murmur2_random(handle_->topic.get(), message.key.data(), message.key.size(),
                                                 partitions_, nullptr, nullptr);
}

Offer Client::produce(const domain::Message& message) {
  auto& firsts = handle_->listener.firsts;
  const auto partition = partition_of(message);
  if (!firsts.admit(partition, std::chrono::steady_clock::now())) return Offer::full;
  const auto error = rd_kafka_producev(
      handle_->producer.get(), RD_KAFKA_V_RKT(handle_->topic.get()), RD_KAFKA_V_PARTITION(partition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(message.key.data(), message.key.size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(message.body.data()), message.body.size()),
      RD_KAFKA_V_HEADER("content-type", content_type.data(), static_cast<ssize_t>(content_type.size())),
      RD_KAFKA_V_OPAQUE(opaque_of(message.position)), RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) firsts.withdraw(partition);
  // Of a fatal error its own report tells.
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL || error == RD_KAFKA_RESP_ERR__FATAL) return Offer::full;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) fail(message.position, error);
  return Offer::taken;
}

// Nothing may be sent behind it.
void Client::fail(std::int64_t position, int error) {
  is_ready_ = false;
  auto delivery = about(error, rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(error)));
  delivery.position = position;
  const auto why = delivery.why;
  inbox_->put(std::move(delivery));
  inbox_->put({.status = DeliveryStatus::interrupted, .why = why});
}

}  // namespace xzepr::journal::kafka
