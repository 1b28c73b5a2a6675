#include "service/receiver_check.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class ReceiverCheck : public World {};

}  // namespace

TEST_F(ReceiverCheck, FaultsOfTheSchemaAloneAreSchemaInvalidWithTheirPlaces) {
  NewReceiver asked = new_receiver("scan");
  asked.schema = json_of(R"j({"type":"nothing","properties":{"a":{"pattern":"(?=x)"}}})j");
  const auto checked = check_receiver(asked);
  EXPECT_EQ(code_of(checked), "schema_invalid");
  const auto found = places(checked);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], "/schema/properties/a/pattern pattern");
  EXPECT_EQ(found[1], "/schema/type type");
}

TEST_F(ReceiverCheck, FaultsOfFieldsAndSchemaAreToldTogether) {
  NewReceiver asked = new_receiver("scan");
  asked.name = "";
  asked.type = "two words";
  asked.field_formats = {{"version", "none"}};
  asked.schema = json_of("7");
  const auto checked = check_receiver(asked);
  EXPECT_EQ(code_of(checked), "request_invalid");
  const auto found = places(checked);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0], "/name minLength");
  EXPECT_EQ(found[1], "/type pattern");
  EXPECT_TRUE(found[2].starts_with("/schema "));
  EXPECT_EQ(found[3], "/field_formats/version enum");
}

TEST_F(ReceiverCheck, TheFingerprintIsOfTheContentNotOfItsSpelling) {
  NewReceiver a = new_receiver("scan");
  a.schema = json_of(R"({"type":"object","required":["x"]})");
  NewReceiver b = a;
  b.schema = json_of(R"({"required":["x"],"type":"object"})");
  b.enabled = false;
  EXPECT_EQ(check_receiver(a)->fingerprint, check_receiver(b)->fingerprint);
  b.description = "other";
  EXPECT_NE(check_receiver(a)->fingerprint, check_receiver(b)->fingerprint);
}

TEST_F(ReceiverCheck, AnUpdateKeepsWhatItLeavesOut) {
  NewReceiver asked = new_receiver("scan");
  asked.description = "old";
  const auto receiver = check_receiver(asked);
  ReceiverUpdate update;
  update.enabled = false;
  const auto updated = apply_update(*receiver, *check_receiver_update(update));
  EXPECT_EQ(updated->description, "old");
  EXPECT_EQ(updated->fingerprint, receiver->fingerprint);
  EXPECT_FALSE(updated->enabled);
}

TEST_F(ReceiverCheck, AnUpdateMayRepeatWhatIsFixedButNotChangeIt) {
  const auto receiver = check_receiver(new_receiver("scan"));
  ReceiverUpdate update;
  update.name = " scan ";
  update.version = "1.0";
  EXPECT_TRUE(apply_update(*receiver, *check_receiver_update(update)).has_value());
  update.version = "2.0";
  update.type = "other";
  const auto refused = apply_update(*receiver, *check_receiver_update(update));
  EXPECT_EQ(code_of(refused), "field_fixed");
  EXPECT_EQ(places(refused), (std::vector<std::string>{"/type fixed", "/version fixed"}));
}

}  // namespace xzepr::service
