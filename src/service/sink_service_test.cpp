#include "service/sink_service.hpp"

#include "service/fake_sinks_test.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {

class Sinks : public World {
 protected:
  Sinks() {
    fake.sinks = {{.name = "kafka", .position = 7, .owner = "node"}};
    fake.newest = 10;
    for (std::int64_t position = 1; position <= 3; ++position)
      fake.letters.push_back({.id = domain::DeadLetterId{ids.next(at(position))},
                              .sink = "kafka",
                              .position = position,
                              .detail = "too large"});
  }
  std::string newest_id() const { return to_string(fake.letters.back().id); }

  FakeSinks fake;
  CursorCodec codec{"secret"};
  SinkService service{fake, fake, codec};
};

TEST_F(Sinks, AreListedWithTheirLag) {
  const auto listed = run(service.list(as(manager)));
  ASSERT_TRUE(listed.has_value());
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ((*listed)[0].sink.name, "kafka");
  EXPECT_EQ((*listed)[0].pending, 3);
  EXPECT_EQ((*listed)[0].dead_letters, 3U);
}

TEST_F(Sinks, DeadLettersComeByPagesNewestFirst) {
  const auto first = run(service.list_dead_letters(as(manager), "kafka", {.limit = 2, .wants_total = true}));
  ASSERT_TRUE(first.has_value());
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[0].position, 3);
  EXPECT_EQ(first->total, 3U);
  ASSERT_TRUE(first->next.has_value());
  const auto second =
      run(service.list_dead_letters(as(manager), "kafka", {.limit = 2, .after = first->next}));
  ASSERT_TRUE(second.has_value());
  ASSERT_EQ(second->items.size(), 1U);
  EXPECT_EQ(second->items[0].position, 1);
  EXPECT_FALSE(second->next.has_value());
}

TEST_F(Sinks, ACursorBelongsToItsSink) {
  fake.sinks.push_back({.name = "other"});
  const auto first = run(service.list_dead_letters(as(manager), "kafka", {.limit = 1}));
  const auto other = run(service.list_dead_letters(as(manager), "other", {.limit = 1, .after = first->next}));
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, "cursor_invalid");
}

TEST_F(Sinks, ALetterIsAskedForAgain) {
  const auto asked = run(service.resend(as(manager), "kafka", newest_id()));
  ASSERT_TRUE(asked.has_value());
  EXPECT_EQ(asked->resend_at, at(100));
  EXPECT_EQ(fake.letters.back().resend_at, at(100));
}

TEST_F(Sinks, WhatIsNotThereIsSaid) {
  EXPECT_EQ(run(service.list_dead_letters(as(manager), "nats", {})).error().code, "sink_unknown");
  for (const auto& id : {std::string("nonsense"), to_string(ids.next(at(9)))}) {
    EXPECT_EQ(run(service.get_dead_letter(as(manager), "kafka", id)).error().code, "dead_letter_unknown");
    EXPECT_EQ(run(service.resend(as(manager), "kafka", id)).error().code, "dead_letter_unknown");
  }
  EXPECT_EQ(run(service.get_dead_letter(as(manager), "other", newest_id())).error().code,
            "dead_letter_unknown");
}

TEST_F(Sinks, OnlyWhoManagesSinksSeesThem) {
  for (const auto& caller : {viewer, user}) {
    EXPECT_EQ(run(service.list(as(caller))).error().code, "permission_denied");
    EXPECT_EQ(run(service.list_dead_letters(as(caller), "kafka", {})).error().code, "permission_denied");
    EXPECT_EQ(run(service.get_dead_letter(as(caller), "kafka", newest_id())).error().code,
              "permission_denied");
    EXPECT_EQ(run(service.resend(as(caller), "kafka", newest_id())).error().code, "permission_denied");
  }
  EXPECT_FALSE(fake.letters.back().resend_at.has_value());
}

}  // namespace xzepr::service
