#include "store/revision_text.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"

namespace xzepr::store {
namespace {

TEST(RevisionText, AReceiverIsJsonWithItsSchemaAsAValue) {
  domain::Receiver receiver;
  receiver.name = "with \"quotes\"";
  receiver.schema = R"({"type":"object"})";
  receiver.field_formats = {{"version", "semver"}};
  const auto value = json::parse(revision_text(receiver));
  ASSERT_TRUE(value.has_value());
  const auto& object = value->as_object();
  EXPECT_EQ(object.at("name").as_string(), "with \"quotes\"");
  EXPECT_EQ(object.at("schema").as_object().at("type").as_string(), "object");
  EXPECT_EQ(object.at("field_formats").as_object().at("version").as_string(), "semver");
}

TEST(RevisionText, AGroupNamesItsReceiversInOrder) {
  domain::Group group;
  group.receiver_ids = {ReceiverId{Ulid{{2}}}, ReceiverId{Ulid{{1}}}};
  const auto value = json::parse(revision_text(group));
  ASSERT_TRUE(value.has_value());
  const auto& ids = value->as_object().at("event_receiver_ids").as_array();
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_EQ(json::view(ids[0].as_string()), to_string(group.receiver_ids[0]));
}

TEST(RevisionText, FieldFormatsComeBackFromTheirText) {
  const domain::FieldFormats formats = {{"name", "regex:^a\"b$"}, {"version", "semver"}};
  EXPECT_EQ(parse_field_formats(field_formats_text(formats)), formats);
  EXPECT_EQ(parse_field_formats(field_formats_text({})), domain::FieldFormats{});
  EXPECT_THROW((void)parse_field_formats("[]"), Fault);
  EXPECT_THROW((void)parse_field_formats(R"({"version":1})"), Fault);
}

}  // namespace
}  // namespace xzepr::store
