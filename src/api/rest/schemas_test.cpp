#include "api/rest/schemas.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "api/rest/api_key_parse.hpp"
#include "api/rest/catalogue_parse.hpp"
#include "api/rest/event_parse.hpp"
#include "api/rest/render_catalogue.hpp"
#include "api/rest/render_event.hpp"
#include "api/rest/render_gate.hpp"
#include "api/rest/render_identity.hpp"
#include "api/rest/routes.hpp"
#include "json/parse.hpp"

namespace xzepr::api::rest {
namespace {

using Names = std::set<std::string>;

json::Value schema_named(std::string_view name) {
  for (const auto& schema : schemas()) {
    if (schema.name == name) return schema.make();
  }
  ADD_FAILURE() << "no schema is called " << name;
  return json::Object{{"properties", json::Object{}}};
}

Names names_in(const json::Object& object) {
  Names names;
  for (const auto& member : object) names.emplace(member.key());
  return names;
}

Names properties(std::string_view name) { return names_in(schema_named(name).at("properties").as_object()); }

Names required(std::string_view name) {
  Names names;
  const auto schema = schema_named(name);
  for (const auto& one : schema.at("required").as_array()) names.emplace(one.as_string());
  return names;
}

// "is not known here; known are: name, version" lists what the parser reads.
Names known_in(const std::vector<Violation>& violations) {
  constexpr std::string_view begin = "is not known here; known are: ";
  Names names;
  for (const auto& violation : violations) {
    if (!violation.message.starts_with(begin)) continue;
    std::string_view rest = std::string_view(violation.message).substr(begin.size());
    while (!rest.empty()) {
      const auto name = rest.substr(0, rest.find(", "));
      names.emplace(name);
      rest.remove_prefix(std::min(rest.size(), name.size() + 2));
    }
  }
  return names;
}

Names required_in(const std::vector<Violation>& violations) {
  Names names;
  for (const auto& violation : violations) {
    if (violation.keyword == "required") names.insert(violation.pointer.substr(1));
  }
  return names;
}

// The parser reads exactly the members of the schema, demands exactly its required ones, and takes its
// example.
template <class Parse>
void expect_described(std::string_view name, Parse parse) {
  const auto refused = parse(json::Value(json::Object{{"no_such_member", 1}}));
  ASSERT_FALSE(refused) << name;
  EXPECT_EQ(known_in(refused.error().violations), properties(name)) << name;
  const auto schema = schema_named(name);
  const bool has_required = schema.as_object().contains("required");
  EXPECT_EQ(required_in(refused.error().violations), has_required ? required(name) : Names{}) << name;
  EXPECT_EQ(schema.at("additionalProperties"), json::Value(false)) << name;
  EXPECT_TRUE(parse(schema.at("examples").at(0))) << name;
}

TEST(Schemas, OfRequestsSayWhatTheParsersRead) {
  expect_described("NewEvent",
                   [](json::Value body) { return parse_new_event(std::move(body), ItemKey::refused); });
  expect_described("NewBatchEvent",
                   [](json::Value body) { return parse_new_event(std::move(body), ItemKey::allowed); });
  expect_described("NewReceiver", [](json::Value body) { return parse_new_receiver(std::move(body)); });
  expect_described("ReceiverUpdate", [](json::Value body) { return parse_receiver_update(std::move(body)); });
  expect_described("NewGroup", [](json::Value body) { return parse_new_group(std::move(body)); });
  expect_described("GroupUpdate", [](json::Value body) { return parse_group_update(std::move(body)); });
  expect_described("PayloadToCheck", [](json::Value body) { return parse_payload(std::move(body)); });
  expect_described("NewMember", [](const json::Value& body) { return parse_member(body); });
  expect_described("NewApiKey", [](const json::Value& body) { return parse_new_api_key(body); });
}

// What may be left out is not rendered here, so the required members are exactly what is.
template <class Append, class T>
void expect_rendered(std::string_view name, Append append, const T& value) {
  std::string out;
  append(out, value);
  const auto parsed = json::parse(out);
  ASSERT_TRUE(parsed) << name;
  EXPECT_EQ(names_in(parsed->as_object()), required(name)) << name;
}

TEST(Schemas, OfAnswersSayWhatIsRendered) {
  expect_rendered("Event", append_event, domain::Event{.payload = "{}"});
  expect_rendered("EventCreated", append_appended, domain::Appended{});
  expect_rendered("Receiver", append_receiver, domain::Receiver{.schema = "{}"});
  expect_rendered("Group", append_group, domain::Group{});
  expect_rendered("Artifact", append_artifact, store::ArtifactListing{});
  expect_rendered("GateStatus", append_status, service::GateStatus{});
  expect_rendered("GateArtifact", append_gate_artifact, service::GateArtifact{});
  expect_rendered("ApiKey", append_api_key, identity::ApiKey{});
  expect_rendered("ApiKeyCreated", append_created_key, service::ApiKeyCreated{});
  expect_rendered("Principal", append_principal, identity::Principal{});
}

TEST(Schemas, OfAnswersKnowWhatIsRenderedSometimes) {
  std::string batch;
  append_batch_result(batch, {.is_replayed = true});
  for (const auto& name : names_in(json::parse(batch)->as_object()))
    EXPECT_TRUE(properties("BatchResult").contains(name)) << name;
  store::TimelineEntry entry;
  entry.row.kind = domain::JournalKind::group_complete;
  entry.row.receiver_id = ReceiverId{};
  entry.row.group_id = GroupId{};
  entry.event = domain::Event{.payload = "{}"};
  std::string timeline;
  append_timeline_entry(timeline, entry, {});
  EXPECT_EQ(names_in(json::parse(timeline)->as_object()), properties("TimelineEntry"));
}

TEST(Schemas, AreThereForEveryRoute) {
  RouteTable table;
  add_routes(table);
  for (const auto& route : table.routes()) {
    if (route.body.media != Body::none) schema_named(route.body.schema);
    for (const auto& answer : route.answers.all()) {
      if (!answer.schema.empty()) schema_named(answer.schema);
    }
  }
}

}  // namespace
}  // namespace xzepr::api::rest
