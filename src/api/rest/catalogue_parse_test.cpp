#include "api/rest/catalogue_parse.hpp"

#include <gtest/gtest.h>

#include "api/rest/api_key_parse.hpp"
#include "api/rest/parse_test.hpp"
#include "json/write.hpp"

namespace xzepr::api::rest {
namespace {

std::vector<std::string> pointers(const Error& error) {
  std::vector<std::string> out;
  for (const auto& violation : error.violations) out.push_back(violation.pointer);
  return out;
}

TEST(NewReceiver, HasItsDefaults) {
  const auto receiver = parse_new_receiver(parsed(R"({"name":"n","type":"t","version":"v"})"));
  ASSERT_TRUE(receiver);
  EXPECT_EQ(json::write(receiver->schema), "{}");
  EXPECT_TRUE(receiver->enabled);
  EXPECT_TRUE(receiver->field_formats.empty());
}

TEST(NewReceiver, TakesEveryMember) {
  const auto receiver = parse_new_receiver(parsed(
      R"({"name":"n","type":"t","version":"v","description":"d","schema":{"type":"object"},"field_formats":{"version":"semver"},"enabled":false})"));
  ASSERT_TRUE(receiver);
  EXPECT_EQ(json::write(receiver->schema), R"({"type":"object"})");
  EXPECT_EQ(receiver->field_formats.at("version"), "semver");
  EXPECT_FALSE(receiver->enabled);
}

TEST(NewReceiver, ReportsFaultsByName) {
  const auto receiver =
      parse_new_receiver(parsed(R"({"name":"n","type":"t","field_formats":{"a/b":1},"owner_id":"me"})"));
  ASSERT_FALSE(receiver);
  EXPECT_EQ(pointers(receiver.error()),
            (std::vector<std::string>{"/version", "/field_formats/a~1b", "/owner_id"}));
}

TEST(ReceiverUpdate, KeepsWhatIsLeftOut) {
  const auto update = parse_receiver_update(parsed(R"({"description":"d"})"));
  ASSERT_TRUE(update);
  EXPECT_EQ(update->description, "d");
  EXPECT_FALSE(update->schema || update->enabled || update->field_formats || update->name);
  EXPECT_EQ(json::write(*parse_receiver_update(parsed(R"({"schema":true})"))->schema), "true");
}

TEST(Payload, MayBeAnything) {
  EXPECT_EQ(json::write(*parse_payload(parsed(R"({"payload":null})"))), "null");
  EXPECT_FALSE(parse_payload(parsed("{}")));
  EXPECT_FALSE(parse_payload(parsed(R"({"payload":1,"x":2})")));
}

TEST(NewGroup, NamesItsReceivers) {
  const auto group =
      parse_new_group(parsed(R"({"name":"n","type":"t","version":"v","event_receiver_ids":["a","b@1"]})"));
  ASSERT_TRUE(group);
  EXPECT_EQ(group->receivers, (std::vector<std::string>{"a", "b@1"}));
  EXPECT_FALSE(parse_new_group(parsed(R"({"name":"n","type":"t","version":"v"})")));
  EXPECT_FALSE(parse_new_group(parsed(R"({"name":"n","type":"t","version":"v","event_receiver_ids":[1]})")));
}

TEST(GroupUpdate, KeepsWhatIsLeftOut) {
  const auto update = parse_group_update(parsed(R"({"enabled":false})"));
  ASSERT_TRUE(update);
  EXPECT_EQ(update->enabled, false);
  EXPECT_FALSE(update->receivers);
}

TEST(Member, IsOneText) {
  EXPECT_EQ(parse_member(parsed(R"({"user_id":"role:team"})")), "role:team");
  EXPECT_FALSE(parse_member(parsed(R"({"user_id":"a","role":"x"})")));
}

TEST(NewApiKey, TakesEveryMember) {
  const auto key = parse_new_api_key(parsed(
      R"({"name":"ci","username":"u","roles":["user","event_viewer"],"rpm":600,"receiver":"scan","expires_at":"2027-01-01T00:00:00Z"})"));
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->make_user);
  EXPECT_TRUE(key->roles.has(identity::Role::user));
  EXPECT_FALSE(key->roles.has(identity::Role::admin));
  EXPECT_EQ(key->rpm, 600U);
  EXPECT_TRUE(key->expires_at);
}

TEST(NewApiKey, ReportsFaultsByName) {
  const auto key = parse_new_api_key(parsed(R"({"name":"ci","roles":["user","root"],"rpm":0,"hash":"x"})"));
  ASSERT_FALSE(key);
  EXPECT_EQ(pointers(key.error()), (std::vector<std::string>{"/roles/1", "/rpm", "/hash"}));
}

}  // namespace
}  // namespace xzepr::api::rest
