// One librdkafka producer with a thread of its own, from its start to its end. librdkafka's headers stay in
// this folder's sources. What becomes of messages is put into an Inbox, from that thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "journal/kafka/settings.hpp"
#include "journal/kafka/tail.hpp"
#include "journal/transport.hpp"
#include "telemetry/log.hpp"

namespace xzepr::journal::kafka {

/// Any thread. Behind what says that all begins again, or that somebody must change something, it takes
/// nothing.
class Inbox {
 public:
  explicit Inbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put(Delivery delivery);
  /// In order, with one wake-up.
  void put_all(std::vector<Delivery> deliveries);
  [[nodiscard]] std::vector<Delivery> take();
  /// What comes from now on is of no interest to anybody.
  void close();

 private:
  void add(Delivery delivery);  // with mutex_ held

  std::mutex mutex_;
  std::function<void()> wake_;        // guarded by mutex_; empty when closed
  std::vector<Delivery> deliveries_;  // guarded by mutex_
  bool is_over_ = false;              // guarded by mutex_
};

class Client {
 public:
  /// Begins at once, on its thread: connects, looks for the topic, makes it when it is missing, and reads
  /// what is at its end.
  Client(Settings settings, std::shared_ptr<Inbox> inbox, telemetry::Log& log);
  /// Waits for the thread.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Never waits. Until the topic was found and its end read it is full. What is at the end already, to the
  /// byte, is delivered.
  [[nodiscard]] Offer send(const domain::Message& message);
  /// Gives everything up that is not delivered. Does not wait; is_over() says when the thread has ended.
  void end();
  [[nodiscard]] bool is_over() const { return is_over_; }

 private:
  struct Handle;

  void run();
  [[nodiscard]] bool open();
  [[nodiscard]] bool find_topic();
  void make_topic();
  void serve();
  [[nodiscard]] bool is_there_already(const domain::Message& message);
  [[nodiscard]] std::int32_t partition_of(const domain::Message& message) const;
  [[nodiscard]] Offer produce(const domain::Message& message);
  void fail(std::int64_t position, int error);

  // Constant after construction.
  const Settings settings_;
  const std::shared_ptr<Inbox> inbox_;
  telemetry::Log& log_;

  // Made on the thread, used on the loop once is_ready_ says so.
  std::unique_ptr<Handle> handle_;
  std::int32_t partitions_ = 0;
  bool is_topic_new_ = false;  // made here: nothing is at its end
  TailRead end_{.tail = Tail(0)};
  int tail_looks_ = 0;  // the loop's

  // Any thread.
  std::atomic<bool> is_ready_ = false;
  std::atomic<bool> is_ending_ = false;
  std::atomic<bool> is_over_ = false;
  std::atomic<int> senders_ = 0;

  std::thread thread_;
};

}  // namespace xzepr::journal::kafka
