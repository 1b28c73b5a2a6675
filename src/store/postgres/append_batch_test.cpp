#include "store/postgres/append_batch.hpp"

#include <gtest/gtest.h>

namespace xzepr::store::postgres {
namespace {

class Batch : public testing::Test {
 protected:
  AppendUnit unit(int events, const std::string& key = {}, const std::string& body = {}) {
    AppendUnit made{.events = {},
                    .claim = std::nullopt,
                    .catalogue = catalogue_,
                    .deadline = Deadline::after(std::chrono::seconds{1})};
    for (int i = 0; i < events; ++i) {
      domain::Event event;
      event.id = EventId{ids_.next(TimePoint{})};
      event.artifact_id.bytes[0] = static_cast<std::uint8_t>(next_artifact_-- % 3);
      made.events.push_back(event);
    }
    if (!key.empty())
      made.claim =
          IdempotencyClaim{.key = idempotency_key_id({}, "r", key), .body_hash = crypto::sha256(body)};
    return made;
  }
  static std::vector<const AppendUnit*> pointers(const std::vector<AppendUnit>& units) {
    std::vector<const AppendUnit*> all;
    for (const auto& one : units) all.push_back(&one);
    return all;
  }
  static std::vector<domain::Appended> answers_for(const AppendBatch& batch) {
    std::vector<domain::Appended> answers;
    for (const auto* event : batch.events())
      answers.push_back(
          {.id = event->id, .position = static_cast<std::int64_t>(answers.size()) + 1, .gates = {}});
    return answers;
  }
  static const std::vector<domain::Appended>& appended(const AppendOutcome& outcome) {
    return std::get<std::vector<domain::Appended>>(outcome);
  }

  UlidSource ids_;
  int next_artifact_ = 100;
  std::shared_ptr<const domain::Catalogue> catalogue_ = std::make_shared<const domain::Catalogue>();
};

TEST_F(Batch, GivesEachUnitItsOwnAnswers) {
  std::vector<AppendUnit> units;
  for (const int size : {2, 1, 3}) units.push_back(unit(size));
  const auto all = pointers(units);
  AppendBatch batch(all);
  EXPECT_EQ(batch.events().size(), 6U);
  EXPECT_EQ(batch.first_events().size(), 3U);
  EXPECT_TRUE(
      std::ranges::is_sorted(batch.first_events(), {}, [](const auto* event) { return event->artifact_id; }));
  const auto committed = batch.finish(answers_for(batch));
  ASSERT_EQ(committed.outcomes.size(), 3U);
  EXPECT_EQ(appended(committed.outcomes[2]).size(), 3U);
  EXPECT_EQ(appended(committed.outcomes[2])[0].id, units[2].events[0].id);
  EXPECT_EQ(appended(committed.outcomes[1])[0].position, 3);
}

TEST_F(Batch, AnswersTwinsFromTheFirst) {
  std::vector<AppendUnit> units;
  units.push_back(unit(1, "k", "body"));
  units.push_back(unit(1, "k", "body"));
  units.push_back(unit(1, "k", "other"));
  units.push_back(unit(1, "l", "body"));
  const auto all = pointers(units);
  AppendBatch batch(all);
  EXPECT_EQ(batch.events().size(), 2U);
  EXPECT_EQ(batch.claims().size(), 2U);
  const auto answers = answers_for(batch);
  EXPECT_EQ(batch.answers_to_store(answers).size(), 2U);
  const auto committed = batch.finish(answers);
  EXPECT_FALSE(appended(committed.outcomes[0])[0].is_replayed);
  EXPECT_TRUE(appended(committed.outcomes[1])[0].is_replayed);
  EXPECT_EQ(appended(committed.outcomes[1])[0].id, units[0].events[0].id);
  EXPECT_EQ(std::get<Error>(committed.outcomes[2]).code, "idempotency_mismatch");
  EXPECT_FALSE(appended(committed.outcomes[3])[0].is_replayed);
}

TEST_F(Batch, LeavesOutWhatIsStoredAlready) {
  std::vector<AppendUnit> units;
  units.push_back(unit(2, "k", "body"));
  units.push_back(unit(1));
  units.push_back(unit(1, "k", "body"));
  const auto all = pointers(units);
  AppendBatch batch(all);
  const domain::Appended before{.id = EventId{ids_.next(TimePoint{})}, .position = 7, .gates = {}};
  const std::vector stored{
      StoredAnswer{.claim = *units[0].claim, .answer = domain::encode_answer({&before, 1})}};
  batch.settle_taken(stored);
  EXPECT_FALSE(batch.is_settled());
  EXPECT_EQ(batch.events().size(), 1U);
  const auto committed = batch.finish(answers_for(batch));
  EXPECT_EQ(appended(committed.outcomes[0])[0].id, before.id);
  EXPECT_TRUE(appended(committed.outcomes[2])[0].is_replayed);
  EXPECT_EQ(appended(committed.outcomes[1])[0].id, units[1].events[0].id);
}

TEST_F(Batch, IsAtARevisionOnlyWhenAllUnitsAre) {
  std::vector<AppendUnit> units;
  units.push_back(unit(1));
  units.push_back(unit(1));
  units[1].catalogue = std::make_shared<const domain::Catalogue>(5, std::vector<domain::Receiver>{},
                                                                 std::vector<domain::Group>{});
  const auto all = pointers(units);
  const AppendBatch batch(all);
  EXPECT_FALSE(batch.is_at(5));
  EXPECT_FALSE(batch.is_at(0));
  EXPECT_EQ(batch.catalogue().revision(), 5);
}

}  // namespace
}  // namespace xzepr::store::postgres
