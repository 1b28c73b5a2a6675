#include "journal/relay.hpp"

#include <gtest/gtest.h>

#include "journal/relay_fixture_test.hpp"

namespace xzepr::journal {
namespace {

using namespace std::chrono_literals;

class RelayTest : public testing::Test {
 protected:
  RelayStep next() { return relay_.next(now_); }
  /// Takes the lease at a position and starts the transport.
  void drive_from(std::int64_t position) {
    ASSERT_EQ(next(), RelayStep::take_lease);
    relay_.taken(store::SinkLease{.epoch = 7, .position = position}, now_);
    ASSERT_EQ(next(), RelayStep::start);
    relay_.started();
  }
  void read(std::vector<domain::JournalEntry> entries) {
    ASSERT_EQ(next(), RelayStep::read);
    relay_.have_read(std::move(entries), now_);
  }
  /// As many rows as it asked for, delivered, and the position behind them.
  void deliver_a_full_read() {
    std::vector<domain::JournalEntry> entries;
    const auto first = relay_.range().after + 1;
    const auto last = relay_.range().after + static_cast<std::int64_t>(settings_.read_rows_max);
    for (auto position = first; position <= last; ++position) entries.push_back(event_entry(position, 1));
    read(std::move(entries));
    send_all();
    for (auto position = first; position <= last; ++position) deliver(position);
    advance_to(last);
  }
  std::vector<std::int64_t> send_all() {
    std::vector<std::int64_t> positions;
    EXPECT_EQ(next(), RelayStep::send);
    for (const auto* one = relay_.to_send(); one != nullptr; one = relay_.to_send()) {
      positions.push_back(one->position);
      relay_.sent();
    }
    return positions;
  }
  void deliver(std::int64_t position) { relay_.delivered({.position = position}, now_); }
  void refuse(std::int64_t position) {
    relay_.delivered({.position = position,
                      .status = DeliveryStatus::refused,
                      .cause = domain::DeadLetterCause::too_large,
                      .why = "too large"},
                     now_);
  }
  void interrupt(DeliveryStatus status = DeliveryStatus::interrupted) {
    relay_.delivered({.status = status, .why = "gone"}, now_);
  }
  /// As a transport does it behind a refusal, and then all is read again.
  void begin_again(std::vector<domain::JournalEntry> entries) {
    interrupt();
    ASSERT_EQ(next(), RelayStep::stop);
    relay_.stopped();
    now_ += settings_.back_off_min;
    if (next() == RelayStep::advance) relay_.advanced(true, relay_.acknowledged(), now_);
    ASSERT_EQ(next(), RelayStep::start) << "no longer pause each time: somebody answers";
    relay_.started();
    read(std::move(entries));
  }
  void advance_to(std::int64_t position) {
    ASSERT_EQ(next(), RelayStep::advance);
    ASSERT_EQ(relay_.acknowledged(), position);
    relay_.advanced(true, position, now_);
  }

  RelaySettings settings_;
  Relay relay_{settings_, domain::MessageProfile::strict};
  Instant now_{1h};
};

TEST_F(RelayTest, SendsInOrderAndMovesThePositionBehindWhatIsDeliveredWithoutAGap) {
  drive_from(4);
  EXPECT_EQ(relay_.range().after, 4);
  read({event_entry(5, 1), event_entry(6, 2), event_entry(7, 1)});
  EXPECT_EQ(send_all(), (std::vector<std::int64_t>{5, 6, 7}));
  deliver(6);
  EXPECT_EQ(relay_.acknowledged(), 4);
  deliver(5);
  advance_to(6);
  deliver(7);
  EXPECT_NE(next(), RelayStep::advance);  // not at each message
  now_ += settings_.advance_every;
  advance_to(7);
  EXPECT_EQ(relay_.durable(), 7);
}

TEST_F(RelayTest, ManyDeliveredRowsMoveThePositionAtOnce) {
  drive_from(0);
  std::vector<domain::JournalEntry> entries;
  for (std::int64_t position = 1; position <= settings_.advance_rows + 1; ++position)
    entries.push_back(event_entry(position, 1));
  read(std::move(entries));
  send_all();
  deliver(1);
  advance_to(1);
  for (std::int64_t position = 2; position <= settings_.advance_rows; ++position) deliver(position);
  EXPECT_NE(next(), RelayStep::advance);
  deliver(settings_.advance_rows + 1);
  advance_to(settings_.advance_rows + 1);
}

TEST_F(RelayTest, RowsThatAreNoMessagesArePassedOver) {
  drive_from(0);
  read({gate_entry(1, 1), event_entry(2, 1), gate_entry(3, 1)});
  EXPECT_EQ(relay_.acknowledged(), 1);
  advance_to(1);
  EXPECT_EQ(send_all(), std::vector<std::int64_t>{2});
  deliver(2);
  EXPECT_EQ(relay_.acknowledged(), 3);
}

TEST_F(RelayTest, WithoutTheLeaseItWaitsAndTriesAgain) {
  ASSERT_EQ(next(), RelayStep::take_lease);
  relay_.taken(std::nullopt, now_);
  EXPECT_EQ(relay_.state(), RelayState::standby);
  EXPECT_EQ(next(), RelayStep::wait);
  now_ += settings_.take_every;
  EXPECT_EQ(next(), RelayStep::take_lease);
}

TEST_F(RelayTest, ALeaseIsRenewedAndNotTrustedWhenItWasNot) {
  drive_from(0);
  now_ += settings_.renew_every;
  EXPECT_EQ(next(), RelayStep::renew_lease);
  relay_.renewed(true, now_);
  now_ += settings_.renew_every;
  EXPECT_EQ(next(), RelayStep::renew_lease);
  relay_.store_failed(now_);
  EXPECT_NE(next(), RelayStep::renew_lease);
  now_ += settings_.lease_sure - settings_.renew_every;
  EXPECT_EQ(next(), RelayStep::stop);
  relay_.stopped();
  EXPECT_EQ(relay_.state(), RelayState::standby);
  EXPECT_EQ(next(), RelayStep::take_lease);
}

TEST_F(RelayTest, TakenOverItStops) {
  drive_from(0);
  read({event_entry(1, 1)});
  send_all();
  deliver(1);
  ASSERT_EQ(next(), RelayStep::advance);
  relay_.advanced(false, 1, now_);
  EXPECT_EQ(next(), RelayStep::stop);
}

TEST_F(RelayTest, AfterAFailureItBeginsBehindWhatIsDelivered) {
  drive_from(0);
  read({event_entry(1, 1), event_entry(2, 2), event_entry(3, 3)});
  send_all();
  deliver(1);
  deliver(3);
  interrupt();
  EXPECT_EQ(next(), RelayStep::stop);
  relay_.stopped();
  EXPECT_EQ(relay_.state(), RelayState::backing_off);
  EXPECT_EQ(relay_.why(), "gone");
  advance_to(1);
  EXPECT_EQ(next(), RelayStep::wait);
  now_ += settings_.back_off_min;
  EXPECT_EQ(next(), RelayStep::start);
  relay_.started();
  EXPECT_EQ(relay_.range().after, 1);
  deliver(2);  // of before
  EXPECT_EQ(relay_.acknowledged(), 1);
  read({event_entry(2, 2), event_entry(3, 3)});
  EXPECT_EQ(send_all(), (std::vector<std::int64_t>{2, 3}));
  deliver(2);
  EXPECT_EQ(relay_.state(), RelayState::running);
}

TEST_F(RelayTest, ItBacksOffLongerEachTimeUpToABound) {
  drive_from(0);
  std::chrono::nanoseconds last{0};
  for (int i = 0; i < 30; ++i) {
    interrupt();
    ASSERT_EQ(next(), RelayStep::stop);
    relay_.stopped();
    const auto begun = now_;
    while (next() != RelayStep::start) {
      if (next() == RelayStep::renew_lease) relay_.renewed(true, now_);
      now_ += 10ms;
    }
    relay_.started();
    EXPECT_GE(now_ - begun, last);
    EXPECT_LE(now_ - begun, settings_.back_off_max + 10ms);
    last = now_ - begun;
  }
  EXPECT_GE(last, settings_.back_off_max);
}

TEST_F(RelayTest, WhatSomebodyMustChangeIsSaidUntilTheOtherSideAnswers) {
  drive_from(0);
  interrupt(DeliveryStatus::blocked);
  EXPECT_EQ(relay_.state(), RelayState::blocked);
  relay_.stopped();
  now_ += settings_.back_off_min;
  ASSERT_EQ(next(), RelayStep::start);
  relay_.started();
  EXPECT_EQ(relay_.state(), RelayState::blocked);
  relay_.delivered({.status = DeliveryStatus::ready}, now_);
  EXPECT_EQ(relay_.state(), RelayState::running);
}

TEST_F(RelayTest, ASideThatIsAwayIsWaitedForWithoutBeginningAgain) {
  drive_from(0);
  read({event_entry(1, 1)});
  send_all();
  relay_.delivered({.status = DeliveryStatus::away, .why = "no broker"}, now_);
  EXPECT_EQ(relay_.state(), RelayState::backing_off);
  now_ += settings_.poll_every;
  EXPECT_EQ(next(), RelayStep::read) << "not a start";
  deliver(1);
  EXPECT_EQ(relay_.state(), RelayState::running);
}

TEST_F(RelayTest, ARefusedRowIsTriedAgainAndThenADeadLetterWhileAllElseWaits) {
  drive_from(0);
  read({event_entry(1, 1), event_entry(2, 2), event_entry(3, 3)});
  send_all();
  refuse(2);
  EXPECT_EQ(next(), RelayStep::wait);
  deliver(1);
  deliver(3);
  for (std::int64_t tries = 1; tries < settings_.tries_max; ++tries) {
    now_ += settings_.try_pause;
    if (next() == RelayStep::advance) relay_.advanced(true, 1, now_);
    EXPECT_EQ(send_all(), std::vector<std::int64_t>{2});
    refuse(2);
  }
  ASSERT_EQ(next(), RelayStep::bury);
  const auto letter = relay_.letter();
  EXPECT_EQ(letter.position, 2);
  EXPECT_EQ(letter.tries, settings_.tries_max);
  EXPECT_EQ(letter.cause, domain::DeadLetterCause::too_large);
  EXPECT_EQ(letter.detail, "too large");
  EXPECT_EQ(letter.key.substr(0, 2), "02");
  relay_.buried(true);
  EXPECT_EQ(relay_.acknowledged(), 3);
  EXPECT_EQ(relay_.durable(), 2);
}

TEST_F(RelayTest, ARefusedRowThatIsTakenLaterHoldsItsPlace) {
  drive_from(0);
  read({event_entry(1, 1), event_entry(2, 2)});
  send_all();
  refuse(1);
  deliver(2);
  now_ += settings_.try_pause;
  EXPECT_EQ(send_all(), std::vector<std::int64_t>{1});
  deliver(1);
  EXPECT_EQ(relay_.acknowledged(), 2);
}

TEST_F(RelayTest, ARefusedRowIsNeverSentBehindALaterOneOfItsKey) {
  drive_from(0);
  read({event_entry(1, 1), event_entry(2, 1)});
  send_all();
  refuse(1);
  deliver(2);
  EXPECT_EQ(next(), RelayStep::bury);
}

TEST_F(RelayTest, HowOftenARowWasRefusedCountsOnWhenTheTransportBeginsAgain) {
  drive_from(0);
  const std::vector rows = {event_entry(1, 1), event_entry(2, 2), event_entry(3, 1), event_entry(4, 3)};
  read(rows);
  send_all();
  deliver(2);
  refuse(1);
  refuse(3);  // with the first, as one
  for (std::int64_t tries = 2; tries <= settings_.tries_max; ++tries) {
    begin_again(rows);
    EXPECT_EQ(send_all(), (std::vector<std::int64_t>{1, 2})) << "up to the next that was refused";
    refuse(1);
  }
  begin_again(rows);
  ASSERT_EQ(next(), RelayStep::bury);
  EXPECT_EQ(relay_.letter().position, 1);
  EXPECT_EQ(relay_.letter().tries, settings_.tries_max);
  relay_.buried(true);
  EXPECT_EQ(send_all(), std::vector<std::int64_t>{2});
  deliver(2);
  advance_to(2);
  EXPECT_EQ(send_all(), (std::vector<std::int64_t>{3, 4}));
}

TEST_F(RelayTest, ARefusedRowThatOneOfItsKeyHasPassedIsBuriedAlsoWhenTheTransportBeganAgain) {
  drive_from(0);
  const std::vector rows = {event_entry(1, 1), event_entry(2, 1)};
  read(rows);
  send_all();
  refuse(1);
  deliver(2);
  begin_again(rows);
  EXPECT_EQ(next(), RelayStep::bury);
}

TEST_F(RelayTest, WhatWasOnTheWayBehindARefusedRowDoesNotCondemnIt) {
  drive_from(0);
  const std::vector rows = {event_entry(1, 1), event_entry(2, 1)};
  read(rows);
  send_all();
  refuse(1);
  begin_again(rows);
  EXPECT_EQ(send_all(), (std::vector<std::int64_t>{1, 2}));
  deliver(1);
  deliver(2);
  EXPECT_EQ(relay_.acknowledged(), 2);
}

TEST_F(RelayTest, WhatCannotBeRenderedIsBuriedWhenAllBeforeItIsDelivered) {
  drive_from(0);
  read({event_entry(1, 1), unrenderable_entry(2, 1), event_entry(3, 1)});
  EXPECT_EQ(send_all(), std::vector<std::int64_t>{1});
  EXPECT_EQ(next(), RelayStep::wait);
  deliver(1);
  advance_to(1);
  ASSERT_EQ(next(), RelayStep::bury);
  EXPECT_EQ(relay_.letter().cause, domain::DeadLetterCause::unrenderable);
  relay_.buried(true);
  EXPECT_EQ(send_all(), std::vector<std::int64_t>{3});
}

TEST_F(RelayTest, ReadsWhenSomethingWasCommittedOrNowAndThen) {
  drive_from(0);
  read({});
  EXPECT_EQ(next(), RelayStep::wait);
  relay_.commit_heard();
  now_ += settings_.read_pause;
  EXPECT_EQ(next(), RelayStep::read);
  relay_.have_read({}, now_);
  EXPECT_EQ(next(), RelayStep::wait);
  EXPECT_LE(relay_.wake_at(now_) - now_, settings_.poll_every);
  now_ += settings_.poll_every;
  EXPECT_EQ(next(), RelayStep::read);
}

TEST_F(RelayTest, ItDoesNotReadMoreThanMayBeOnTheWay) {
  settings_.read_rows_max = settings_.flight_rows_max = 2;
  Relay relay(settings_, domain::MessageProfile::strict);
  ASSERT_EQ(relay.next(now_), RelayStep::take_lease);
  relay.taken(store::SinkLease{.epoch = 1, .position = 0}, now_);
  relay.started();
  relay.have_read({event_entry(1, 1), event_entry(2, 2)}, now_);
  while (relay.to_send() != nullptr) relay.sent();
  EXPECT_EQ(relay.next(now_), RelayStep::wait);
  relay.delivered({.position = 1}, now_);
  ASSERT_EQ(relay.next(now_), RelayStep::advance);
  relay.advanced(true, 1, now_);
  EXPECT_EQ(relay.next(now_), RelayStep::read);
}

TEST_F(RelayTest, FarBehindItReadsNoFasterThanItMust) {
  drive_from(0);
  relay_.measured(100'000, now_);
  now_ += 1s;
  relay_.measured(101'000, now_);  // a thousand a second are created: 10,100 for the backlog, and 2,000
  deliver_a_full_read();
  const std::chrono::duration<double> share{static_cast<double>(settings_.read_rows_max) / 12'100};
  EXPECT_EQ(next(), RelayStep::wait);
  EXPECT_LE(relay_.wake_at(now_), now_ + share);
  now_ += std::chrono::ceil<std::chrono::milliseconds>(share);
  EXPECT_EQ(next(), RelayStep::read) << "so many rows of 12,100 a second";
}

TEST_F(RelayTest, FarBehindWhileNothingIsCreatedItReadsAsFastAsItCan) {
  drive_from(0);
  relay_.measured(100'000, now_);
  now_ += 1s;
  relay_.measured(100'000, now_);
  deliver_a_full_read();
  EXPECT_EQ(next(), RelayStep::read);
}

TEST_F(RelayTest, NearTheEndOrUnderLoadItReadsAsFastAsItCan) {
  drive_from(0);
  relay_.measured(0, now_);
  now_ += 1s;
  relay_.measured(settings_.behind_rows, now_);
  deliver_a_full_read();
  EXPECT_EQ(next(), RelayStep::read);
}

TEST_F(RelayTest, WhatIsCommittedSoonAfterTheEndWasReadGoesOutTogether) {
  drive_from(0);
  read({event_entry(1, 1)});
  send_all();
  deliver(1);
  advance_to(1);
  relay_.commit_heard();
  EXPECT_EQ(next(), RelayStep::wait);
  EXPECT_EQ(relay_.wake_at(now_), now_ + settings_.read_pause);
  now_ += settings_.read_pause;
  EXPECT_EQ(next(), RelayStep::read);
}

TEST_F(RelayTest, ARowAsLongAsAWholeReadIsFollowedByTheNextAtOnce) {
  drive_from(0);
  auto large = event_entry(1, 1);
  large.events.front().payload = '"' + std::string(settings_.read_bytes_max, 'x') + '"';
  std::vector<domain::JournalEntry> entries;
  entries.push_back(std::move(large));
  read(std::move(entries));
  send_all();
  EXPECT_EQ(next(), RelayStep::read);
}

TEST_F(RelayTest, AFullTransportIsAskedAgainAMomentLater) {
  drive_from(0);
  read({event_entry(1, 1), event_entry(2, 2)});
  ASSERT_EQ(next(), RelayStep::send);
  relay_.sent();
  relay_.send_full(now_);
  EXPECT_NE(next(), RelayStep::send);
  deliver(1);
  advance_to(1);
  EXPECT_EQ(send_all(), std::vector<std::int64_t>{2});
}

TEST_F(RelayTest, CaughtUpMeansThatThePositionSaysSo) {
  drive_from(0);
  EXPECT_FALSE(relay_.is_caught_up());
  read({event_entry(1, 1)});
  send_all();
  deliver(1);
  EXPECT_FALSE(relay_.is_caught_up());
  advance_to(1);
  EXPECT_TRUE(relay_.is_caught_up());
  relay_.commit_heard();
  EXPECT_FALSE(relay_.is_caught_up());
  now_ += settings_.read_pause;
  read({});
  EXPECT_TRUE(relay_.is_caught_up());
}

}  // namespace
}  // namespace xzepr::journal
