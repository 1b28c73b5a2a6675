#include "service/idempotency.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class Keys : public World {};

}  // namespace

TEST_F(Keys, AreOneTo255VisibleAsciiCharacters) {
  EXPECT_TRUE(is_idempotency_key("a"));
  EXPECT_TRUE(is_idempotency_key(std::string(255, '~')));
  for (const std::string& text : {std::string(), std::string(256, 'a'), std::string("a b"),
                                  std::string("\u00e9"), std::string("a\n")}) {
    EXPECT_FALSE(is_idempotency_key(text)) << text;
  }
}

TEST_F(Keys, AreScopedToTheCallerAndTheRoute) {
  const auto claim = claim_of(as(user), key("k"));
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->key, store::idempotency_key_id(user->user_id, "POST /x", "k"));
  EXPECT_NE(claim->key, store::idempotency_key_id(user->user_id, "POST /y", "k"));
  EXPECT_NE(claim->key, store::idempotency_key_id(UserId{}, "POST /x", "k"));
  EXPECT_NE(store::idempotency_key_id({}, "POST /x", "yk"), store::idempotency_key_id({}, "POST /xy", "k"));
  EXPECT_FALSE(claim_of(as(user), std::nullopt).has_value());
}

TEST_F(Keys, AnItemIsComparedByAllThatItSays) {
  const NewEvent event = new_event("scan");
  const auto hash = content_hash(event);
  NewEvent same = event;
  same.idempotency_key = "k";
  EXPECT_EQ(content_hash(same), hash);
  NewEvent other = event;
  other.payload = json_of(R"({"a":1})");
  EXPECT_NE(content_hash(other), hash);
  other = event;
  other.success = false;
  EXPECT_NE(content_hash(other), hash);
  other = event;
  other.event_start = at(1);
  EXPECT_NE(content_hash(other), hash);
  other = event;
  other.name = "ap";
  other.version = "p1.0.0";
  EXPECT_NE(content_hash(other), hash);
  NewEvent ordered = event;
  ordered.payload = json_of(R"({"a":1,"b":2})");
  NewEvent reordered = event;
  reordered.payload = json_of(R"({"b":2,"a":1})");
  EXPECT_EQ(content_hash(ordered), content_hash(reordered));
}

TEST_F(Keys, AStoredChangeComesBack) {
  const auto id = ids.next(at(0));
  const auto answer = decode_change(encode_change({.id = id, .change = Change::unchanged}));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->id, id);
  EXPECT_EQ(answer->change, Change::unchanged);
  for (const auto* text :
       {"", "{}", "[]", R"({"id":1,"change":"created"})", R"({"id":"x","change":"created"})"}) {
    EXPECT_FALSE(decode_change(text).has_value()) << text;
  }
}

TEST_F(Keys, AStoredAnswerIsMarkedAsReplayedOrIsCorrupt) {
  const std::vector<domain::Appended> answers{{.id = EventId{ids.next(at(0))}, .position = 7, .gates = {}}};
  const auto replayed = replayed_answers(domain::encode_answer(answers));
  ASSERT_EQ(replayed.size(), 1U);
  EXPECT_TRUE(replayed[0].is_replayed);
  EXPECT_EQ(replayed[0].position, 7);
  EXPECT_THROW(static_cast<void>(replayed_answers("nonsense")), Fault);
}

}  // namespace xzepr::service
