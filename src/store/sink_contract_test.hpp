// The contract of sinks, their leases and their dead letters.
#pragma once

#include <algorithm>

#include "store/store_contract_test.hpp"

namespace xzepr::store::contract {

class SinkContract : public StoreContract {
 protected:
  static constexpr std::chrono::milliseconds hour{3'600'000};
  static constexpr std::chrono::milliseconds over{0};  // as soon as it is given

  SinkStore& sinks(std::size_t shard = 0) const { return *ports(shard).sinks; }
  std::optional<SinkLease> take(const std::string& owner, std::chrono::milliseconds duration = hour) {
    return run(sinks().take_lease({.sink = "kafka", .owner = owner, .duration = duration}, soon()));
  }
  bool advance(std::int64_t epoch, std::int64_t position) {
    return run(sinks().advance({.sink = "kafka", .epoch = epoch}, position, soon()));
  }
  std::int64_t position_of_sink() { return run(sinks().list_sinks(soon())).at(0).position; }
  domain::DeadLetter make_letter(std::int64_t position) {
    return {.id = domain::DeadLetterId{ids_.next(at(position))},
            .sink = "kafka",
            .position = position,
            .message_id = ids_.next(at(0)),
            .kind = domain::JournalKind::group_complete,
            .key = "key",
            .cause = domain::DeadLetterCause::too_large,
            .detail = "2,000,000 bytes",
            .tries = 3,
            .failed_at = at(9),
            .resend_at = {}};
  }
  bool bury(std::int64_t epoch, const domain::DeadLetter& letter) {
    return run(sinks().bury({.sink = "kafka", .epoch = epoch}, letter, soon()));
  }
  std::vector<domain::DeadLetter> letters(std::optional<domain::DeadLetterId> after = {},
                                          std::size_t limit = 10) {
    return run(sinks().list_dead_letters({.sink = "kafka", .after = after, .limit = limit}, soon()));
  }
};

TEST_P(SinkContract, ANewSinkBeginsWithTheJournal) {
  EXPECT_EQ(take("a"), (SinkLease{.epoch = 1, .position = 0}));
  const auto listed = run(sinks().list_sinks(soon()));
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].name, "kafka");
  EXPECT_EQ(listed[0].owner, "a");
  EXPECT_TRUE(listed[0].lease_until.has_value());
}

TEST_P(SinkContract, ALeaseIsHeldByOneUntilItIsOver) {
  ASSERT_TRUE(take("a").has_value());
  EXPECT_FALSE(take("b").has_value());
  EXPECT_TRUE(run(sinks().renew_lease({.sink = "kafka", .epoch = 1}, over, soon())));
  EXPECT_EQ(take("b")->epoch, 2);
  EXPECT_FALSE(take("a").has_value());
}

TEST_P(SinkContract, TakenAgainByItsOwnerItIsANewOne) {
  EXPECT_EQ(take("a")->epoch, 1);
  EXPECT_EQ(take("a")->epoch, 2);
}

TEST_P(SinkContract, ADriverThatWasTakenOverMovesNothing) {
  ASSERT_TRUE(take("a", over).has_value());
  EXPECT_TRUE(advance(1, 5));
  EXPECT_EQ(take("b"), (SinkLease{.epoch = 2, .position = 5}));
  EXPECT_FALSE(advance(1, 6));
  EXPECT_FALSE(bury(1, make_letter(6)));
  EXPECT_FALSE(run(sinks().renew_lease({.sink = "kafka", .epoch = 1}, hour, soon())));
  run(sinks().release_lease({.sink = "kafka", .epoch = 1}, soon()));
  EXPECT_FALSE(take("c").has_value());
  EXPECT_EQ(position_of_sink(), 5);
  EXPECT_TRUE(letters().empty());
}

TEST_P(SinkContract, APositionNeverGoesBack) {
  ASSERT_TRUE(take("a").has_value());
  EXPECT_TRUE(advance(1, 5));
  EXPECT_TRUE(advance(1, 5));
  EXPECT_FALSE(advance(1, 4));
  EXPECT_EQ(position_of_sink(), 5);
}

TEST_P(SinkContract, AReleasedLeaseIsTakenAtOnce) {
  ASSERT_TRUE(take("a").has_value());
  run(sinks().release_lease({.sink = "kafka", .epoch = 1}, soon()));
  EXPECT_FALSE(run(sinks().list_sinks(soon())).at(0).lease_until.has_value());
  EXPECT_EQ(take("b")->epoch, 2);
}

TEST_P(SinkContract, OfManyWhoAskAtOnceOneIsGivenTheLease) {
  std::vector<std::future<std::optional<SinkLease>>> asked;
  for (std::size_t i = 0; i < 20; ++i) {
    LeaseRequest request{.sink = "kafka", .owner = std::to_string(i), .duration = hour};
    asked.push_back(spawn(sinks(i % shard_count).take_lease(std::move(request), soon()), i % shard_count));
  }
  EXPECT_EQ(std::ranges::count_if(asked, [](auto& one) { return one.get().has_value(); }), 1);
}

TEST_P(SinkContract, SinksAreListedByName) {
  for (const auto* name : {"webhooks", "kafka"})
    (void)run(sinks().take_lease({.sink = name, .owner = "a", .duration = hour}, soon()));
  const auto listed = run(sinks().list_sinks(soon()));
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].name, "kafka");
  EXPECT_EQ(listed[1].name, "webhooks");
}

TEST_P(SinkContract, ADeadLetterMovesThePositionAndComesBackWhole) {
  ASSERT_TRUE(take("a").has_value());
  const auto letter = make_letter(7);
  EXPECT_TRUE(bury(1, letter));
  EXPECT_EQ(position_of_sink(), 7);
  EXPECT_EQ(run(sinks().find_dead_letter(letter.id, soon())), letter);
  EXPECT_EQ(letters(), std::vector{letter});
  // Done again after an unknown end, under another id: there is one letter of a row.
  EXPECT_TRUE(bury(1, make_letter(7)));
  EXPECT_EQ(run(sinks().count_dead_letters("kafka", soon())), 1U);
  EXPECT_EQ(run(sinks().count_dead_letters("webhooks", soon())), 0U);
}

TEST_P(SinkContract, DeadLettersAreListedNewestFirstByPages) {
  ASSERT_TRUE(take("a").has_value());
  std::vector<domain::DeadLetter> made;
  for (std::int64_t position = 1; position <= 5; ++position) {
    made.insert(made.begin(), make_letter(position));
    EXPECT_TRUE(bury(1, made.front()));
  }
  const auto first = letters({}, 3);
  EXPECT_EQ(first, std::vector(made.begin(), made.begin() + 3));
  EXPECT_EQ(letters(first.back().id, 3), std::vector(made.begin() + 3, made.end()));
}

TEST_P(SinkContract, ALetterIsSentAgainWhenAskedForAndRemoved) {
  ASSERT_TRUE(take("a").has_value());
  const auto early = make_letter(3);
  const auto late = make_letter(4);
  for (const auto& letter : {early, late}) EXPECT_TRUE(bury(1, letter));
  EXPECT_TRUE(run(sinks().list_resends("kafka", 10, soon())).empty());
  EXPECT_TRUE(run(sinks().request_resend(late.id, at(20), soon())));
  EXPECT_TRUE(run(sinks().request_resend(early.id, at(21), soon())));
  EXPECT_FALSE(run(sinks().request_resend({}, at(21), soon())));
  const auto asked = run(sinks().list_resends("kafka", 10, soon()));
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].id, early.id);
  EXPECT_EQ(asked[0].resend_at, at(21));
  EXPECT_EQ(run(sinks().list_resends("kafka", 1, soon())).size(), 1U);
  run(sinks().give_up_resend(late.id, "again", soon()));
  EXPECT_EQ(run(sinks().list_resends("kafka", 10, soon())).size(), 1U);
  const auto given_up = run(sinks().find_dead_letter(late.id, soon()));
  EXPECT_EQ(given_up->detail, "again");
  EXPECT_EQ(given_up->tries, 4);
  EXPECT_FALSE(given_up->resend_at.has_value());
  run(sinks().remove_dead_letter(early.id, soon()));
  run(sinks().remove_dead_letter(early.id, soon()));
  EXPECT_FALSE(run(sinks().find_dead_letter(early.id, soon())).has_value());
  EXPECT_EQ(letters().size(), 1U);
}

}  // namespace xzepr::store::contract
