#include <gtest/gtest.h>

#include "api/rest/render_catalogue.hpp"
#include "api/rest/render_event.hpp"
#include "api/rest/render_gate.hpp"
#include "api/rest/render_identity.hpp"
#include "api/rest/render_problem.hpp"
#include "base/time_text.hpp"
#include "json/parse.hpp"

namespace xzepr::api::rest {
namespace {

template <class IdType>
IdType id(std::uint8_t last) {
  IdType made;
  made.value.bytes[15] = last;
  return made;
}

TimePoint at(std::string_view text) { return parse_time(text).value(); }

const TimePoint noon = at("2026-01-31T12:00:00Z");

domain::Event event() {
  domain::Event made;
  made.id = id<EventId>(1);
  made.artifact = {.name = "app", .version = "1", .release = "2", .platform_id = "amd64", .package = "deb"};
  made.artifact_id = domain::artifact_id(made.artifact);
  made.description = "a \"b\"\n";
  made.payload = R"({"x":1})";
  made.event_start = made.event_end = made.created_at = noon;
  made.receiver_id = id<ReceiverId>(2);
  made.created_by = id<UserId>(3);
  return made;
}

TEST(Render, AnEvent) {
  std::string out;
  append_event(out, event());
  EXPECT_EQ(
      out,
      R"({"id":"00000000000000000000000001","name":"app","version":"1","release":"2","platform_id":"amd64","package":"deb",)"
      R"("description":"a \"b\"\n","payload":{"x":1},"success":true,"event_start":"2026-01-31T12:00:00.000000Z",)"
      R"("event_end":"2026-01-31T12:00:00.000000Z","event_receiver_id":"00000000000000000000000002","receiver_version":1,)"
      R"("artifact_id":")" +
          domain::to_string(event().artifact_id) +
          R"(","created_at":"2026-01-31T12:00:00.000000Z","updated_at":"2026-01-31T12:00:00.000000Z",)"
          R"("created_by":"00000000000000000000000003"})");
}

TEST(Render, WhatAPosterIsTold) {
  std::string out;
  append_appended(out,
                  {.id = id<EventId>(1),
                   .position = 42,
                   .gates = {{.id = id<GroupId>(4), .name = "ready", .state = domain::GateState::open}}});
  EXPECT_EQ(out, R"({"data":"00000000000000000000000001","id":"00000000000000000000000001","position":42,)"
                 R"("gates":[{"id":"00000000000000000000000004","name":"ready","state":"open"}]})");
}

TEST(Render, AResultOfABatch) {
  std::string out;
  append_batch_result(out, {.id = id<EventId>(1), .position = 7, .gates = {}, .is_replayed = true});
  EXPECT_EQ(out,
            R"({"status":201,"id":"00000000000000000000000001","position":7,"gates":[],"replayed":true})");
}

TEST(Render, AReceiver) {
  domain::Receiver receiver;
  receiver.id = id<ReceiverId>(2);
  receiver.name = "scan";
  receiver.type = "t";
  receiver.version = "1";
  receiver.schema = "{}";
  receiver.field_formats = {{"version", "semver"}};
  receiver.fingerprint = "f";
  receiver.owner = {"role:team"};
  receiver.created_at = receiver.updated_at = noon;
  std::string out;
  append_receiver(out, receiver);
  EXPECT_EQ(
      out,
      R"({"id":"00000000000000000000000002","name":"scan","type":"t","version":"1","description":"","schema":{},)"
      R"("field_formats":{"version":"semver"},"fingerprint":"f","enabled":true,"owner_id":"role:team","resource_version":1,)"
      R"("created_at":"2026-01-31T12:00:00.000000Z","updated_at":"2026-01-31T12:00:00.000000Z"})");
}

TEST(Render, AGroupAndItsMembers) {
  domain::Group group;
  group.id = id<GroupId>(4);
  group.receiver_ids = {id<ReceiverId>(1), id<ReceiverId>(2)};
  group.members = {{"role:team"}};
  std::string out;
  append_group(out, group);
  const auto value = json::parse(out);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->at("event_receiver_ids").as_array().size(), 2U);
  EXPECT_EQ(value->at("members").at(0).as_string(), "role:team");
  std::string members;
  append_members(members, group);
  EXPECT_EQ(members, R"({"data":[{"user_id":"role:team"}]})");
}

TEST(Render, WhyAGateIsNotOpen) {
  service::GateStatus status;
  status.group.id = id<GroupId>(4);
  status.group.name = "ready";
  status.state = domain::GateState::pending;
  status.passed = 1;
  status.total = 2;
  status.receivers = {{.id = id<ReceiverId>(1),
                       .name = "a",
                       .outcome = domain::Outcome::passed,
                       .event_id = id<EventId>(9),
                       .at = noon},
                      {.id = id<ReceiverId>(2), .name = "b"}};
  std::string out;
  append_status(out, status);
  EXPECT_TRUE(out.starts_with(
      R"({"state":"pending","passed":1,"total":2,"since":null,"first_opened_at":null,"evaluating":false,"receivers":[)"
      R"({"id":"00000000000000000000000001","name":"a","outcome":"passed","event_id":"00000000000000000000000009","at":"2026-01-31T12:00:00.000000Z"},)"
      R"({"id":"00000000000000000000000002","name":"b","outcome":"missing","event_id":null,"at":null}])"))
      << out;
  EXPECT_TRUE(json::parse(out));
}

TEST(Render, ATimelineWithItsMilestones) {
  store::TimelineEntry entry;
  entry.row.position = 5;
  entry.row.kind = domain::JournalKind::group_complete;
  entry.row.event_id = id<EventId>(1);
  entry.row.group_id = id<GroupId>(4);
  entry.row.satisfying = {id<EventId>(8)};
  entry.row.at = noon;
  std::string out;
  append_timeline_entry(out, entry, {.receivers = {}, .groups = {{id<GroupId>(4), "ready"}}});
  EXPECT_EQ(
      out,
      R"({"position":5,"kind":"group.complete","cause":"event","at":"2026-01-31T12:00:00.000000Z",)"
      R"("event_id":"00000000000000000000000001","group":{"id":"00000000000000000000000004","name":"ready"},)"
      R"("satisfying":["00000000000000000000000008"]})");
}

TEST(Render, NeverTheHashOfAKey) {
  service::ApiKeyCreated created;
  created.key.name = "ci";
  created.key.hash.fill(0xAB);
  created.key.roles.add(identity::Role::user);
  created.clear = "xzepr_secret";
  std::string shown;
  append_created_key(shown, created);
  EXPECT_NE(shown.find(R"("key":"xzepr_secret")"), std::string::npos);
  std::string listed;
  append_api_key(listed, created.key);
  EXPECT_EQ(listed.find("secret"), std::string::npos);
  EXPECT_EQ(listed.find("abab"), std::string::npos);
  EXPECT_TRUE(json::parse(shown));
  EXPECT_TRUE(json::parse(listed));
}

TEST(Render, WhoIsCalling) {
  identity::Principal principal;
  principal.username = "ann";
  principal.roles.add(identity::Role::event_viewer);
  std::string out;
  append_principal(out, principal);
  EXPECT_NE(out.find(R"("roles":["event_viewer"],"permissions":["event_read","receiver_read","group_read"])"),
            std::string::npos)
      << out;
}

TEST(Render, AValidation) {
  EXPECT_EQ(render_validation({}), R"({"valid":true,"violations":[]})");
  EXPECT_EQ(render_validation({{.pointer = "/payload", .keyword = "type", .message = "m"}}),
            R"({"valid":false,"violations":[{"pointer":"/payload","keyword":"type","message":"m"}]})");
}

}  // namespace
}  // namespace xzepr::api::rest
