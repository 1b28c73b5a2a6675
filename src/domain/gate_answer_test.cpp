#include <gtest/gtest.h>

#include "domain/gate.hpp"

namespace xzepr::domain {

TEST(GateAnswer, RoundTripsAndComesBackAsReplayed) {
  const std::vector<Appended> answers = {
      {.id = {Ulid{{1, 2, 3}}},
       .position = 42,
       .gates = {{.id = {Ulid{{9}}}, .name = "a \"gate\"", .state = GateState::open}}},
      {.id = {Ulid{{4}}}, .position = 43}};
  auto decoded = decode_answer(encode_answer(answers)).value_or(std::vector<Appended>{});
  ASSERT_EQ(decoded.size(), 2U);
  EXPECT_TRUE(decoded[0].is_replayed);
  for (auto& answer : decoded) answer.is_replayed = false;
  EXPECT_EQ(decoded, answers);
}

TEST(GateAnswer, RefusesWhatItDidNotWrite) {
  for (const auto* text : {"", "{}", "[1]", R"([{"id":"x","position":1,"gates":[]}])",
                           R"([{"id":"01J00000000000000000000000","position":"1","gates":[]}])"}) {
    EXPECT_FALSE(decode_answer(text)) << text;
  }
}

}  // namespace xzepr::domain
