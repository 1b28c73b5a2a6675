#include "journal/relay_driver.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "journal/relay_driver_fixture_test.hpp"

namespace xzepr::journal {
namespace {

using namespace std::chrono_literals;

/// Delivers at once what it is given, or keeps it.
class MemoryTransport final : public Transport {
 public:
  std::vector<std::int64_t> log;
  bool delivers = true;
  int starts = 0;

  void start() override {
    ++starts;
    changes_.clear();
  }
  void stop() override { changes_.clear(); }
  Offer send(const domain::Message& message) override {
    if (!delivers) return Offer::full;
    log.push_back(message.position);
    tell({.position = message.position});
    return Offer::taken;
  }
  std::vector<Delivery> take() override { return std::exchange(changes_, {}); }
  void on_change(std::function<void()> wake) override { wake_ = std::move(wake); }
  void tell(Delivery delivery) {
    changes_.push_back(std::move(delivery));
    wake_();
  }

 private:
  std::vector<Delivery> changes_;
  std::function<void()> wake_;
};

class RelayDriverTest : public RelayDriverFixture {
 protected:
  /// Runs the driver until `done`, then stops it and waits for its end.
  template <class Done>
  void drive_until(Done done, std::chrono::milliseconds patience = 10s) {
    tasks_.spawn("driver", driver_.run());
    tasks_.spawn("stopper", stop_when(this, done, patience));
    loop_.run();
    EXPECT_TRUE(done()) << "it did not stay so";
  }

  MemoryTransport transport_;
  RelayDriver driver_{loop_, options(), parts(transport_)};
  TaskGroup tasks_{loop_.get_executor(), &fail};

 private:
  template <class Done>
  static Task<> stop_when(RelayDriverTest* self, Done done, std::chrono::milliseconds patience) {
    co_await wait_until(done, patience);
    self->driver_.stop(Deadline::after(5s));
  }
};

TEST_F(RelayDriverTest, DeliversTheJournalAndGivesTheLeaseBack) {
  store_.journal = {event_entry(1, 1), gate_entry(2, 1), event_entry(3, 2)};
  drive_until([this] { return transport_.log.size() == 2; });
  EXPECT_EQ(transport_.log, (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(store_.sink.position, 3);
  EXPECT_FALSE(store_.sink.lease_until.has_value());
  EXPECT_NE(metrics_.render().find("xzepr_sink_messages_total{sink=\"test\"} 2"), std::string::npos);
}

TEST_F(RelayDriverTest, WhatIsCommittedWhileItEndsIsDeliveredToo) {
  drive_until([this] {
    if (store_.reads == 0) return false;
    store_.journal = {event_entry(1, 1)};
    return true;
  });
  EXPECT_EQ(transport_.log, std::vector<std::int64_t>{1});
  EXPECT_EQ(store_.sink.position, 1);
}

TEST_F(RelayDriverTest, ACommitFromAnotherThreadWakesIt) {
  std::thread other;
  drive_until([this, &other] {
    if (store_.reads > 0 && !other.joinable()) {
      store_.journal = {event_entry(1, 1)};
      other = std::thread([this] { driver_.hear_commit(); });
    }
    return !transport_.log.empty();
  });
  other.join();
}

TEST_F(RelayDriverTest, ItGoesOnWhenTheStoreIsBack) {
  store_.is_away = true;
  store_.journal = {event_entry(1, 1)};
  int looks = 0;
  drive_until([this, &looks] {
    if (++looks > 20) store_.is_away = false;
    return !transport_.log.empty();
  });
  EXPECT_EQ(store_.sink.position, 1);
}

TEST_F(RelayDriverTest, AnInterruptionStartsTheTransportAgain) {
  bool is_interrupted = false;
  drive_until([this, &is_interrupted] {
    if (transport_.starts == 1 && !std::exchange(is_interrupted, true))
      transport_.tell({.status = DeliveryStatus::interrupted, .why = "gone"});
    if (transport_.starts == 2 && store_.journal.empty()) {
      store_.journal = {event_entry(1, 1)};
      driver_.hear_commit();
    }
    return !transport_.log.empty();
  });
  EXPECT_EQ(transport_.starts, 2);
}

TEST_F(RelayDriverTest, WhatBlocksItIsToldAndItEndsAllTheSame) {
  bool is_told = false;
  drive_until([this, &is_told] {
    if (transport_.starts == 1 && !std::exchange(is_told, true))
      transport_.tell({.status = DeliveryStatus::blocked, .why = "no such topic"});
    return driver_.status().state == RelayState::blocked && driver_.status().why == "no such topic";
  });
}

TEST_F(RelayDriverTest, ARowThatCannotBeRenderedBecomesADeadLetter) {
  store_.journal = {unrenderable_entry(1, 1), event_entry(2, 1)};
  drive_until([this] { return !transport_.log.empty(); });
  ASSERT_EQ(store_.letters.size(), 1U);
  EXPECT_EQ(store_.letters[0].sink, "test");
  EXPECT_EQ(store_.letters[0].position, 1);
  EXPECT_EQ(transport_.log, std::vector<std::int64_t>{2});
}

TEST_F(RelayDriverTest, ADeadLetterThatIsAskedForIsSentAndGone) {
  store_.journal = {event_entry(1, 1), event_entry(2, 1), unrenderable_entry(3, 1)};
  store_.sink.position = 3;
  for (const std::int64_t position : {1, 3})
    store_.letters.push_back(
        {.id = domain::DeadLetterId{ulid_of(position, 9)}, .position = position, .resend_at = TimePoint{}});
  drive_until([this] { return store_.letters.size() == 1 && !store_.letters[0].resend_at; });
  EXPECT_EQ(transport_.log, std::vector<std::int64_t>{1});
  EXPECT_EQ(store_.letters[0].position, 3);
  EXPECT_EQ(store_.letters[0].detail, "an event that it tells of is not stored");
  EXPECT_EQ(store_.sink.position, 3);
}

TEST_F(RelayDriverTest, BesideAnotherDriverItWaitsAndTellsTheLag) {
  store_.sink = {.name = "test", .position = 1, .owner = "b", .epoch = 4, .lease_until = TimePoint{}};
  store_.journal = {event_entry(1, 1), event_entry(2, 1), event_entry(3, 1)};
  drive_until([this] { return driver_.status().pending == 2; });
  EXPECT_TRUE(transport_.log.empty());
  EXPECT_EQ(driver_.status().state, RelayState::standby);
  EXPECT_EQ(store_.sink.epoch, 4);
}

}  // namespace
}  // namespace xzepr::journal
