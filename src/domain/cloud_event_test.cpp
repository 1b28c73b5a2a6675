#include "domain/cloud_event.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "json/parse.hpp"

namespace xzepr::domain {
namespace {

Ulid ulid(std::uint8_t number) {
  Ulid made;
  made.bytes = {1, 148, 32, 108, 0, 0};
  made.bytes[15] = number;
  return made;
}

TimePoint second(std::int64_t number) {
  return TimePoint{std::chrono::seconds{1'767'225'600 + number} + std::chrono::microseconds{7}};
}

std::shared_ptr<const Revision> revision(std::string body) {
  auto parsed = parse_revision(std::move(body));
  EXPECT_TRUE(parsed.has_value());
  return std::make_shared<const Revision>(*std::move(parsed));
}

Event make_event(std::uint8_t number) {
  Event event;
  event.id = EventId{ulid(number)};
  event.artifact = {.name = "app/\"one\"",
                    .version = "1.2.0",
                    .release = "1",
                    .platform_id = "linux/amd64",
                    .package = "déb"};
  event.artifact_id = artifact_id(event.artifact);
  event.description = "two\nlines\tand a tab";
  event.payload = R"({"count": 3, "nested": [1.5, null, "\u00e9"]})";
  event.event_start = second(-60);
  event.event_end = second(-1);
  event.created_at = second(0);
  event.receiver_id = ReceiverId{ulid(50)};
  event.receiver_version = 2;
  event.created_by = UserId{ulid(60)};
  return event;
}

JournalEntry make_entry(JournalKind kind, std::int64_t position) {
  JournalEntry entry;
  entry.row = {.position = position,
               .id = ulid(static_cast<std::uint8_t>(100 + position)),
               .kind = kind,
               .cause = JournalCause::request,
               .at = second(position)};
  return entry;
}

const std::string receiver_body =
    R"({"id":"01JGG6R000000000000000001J","name":"scan","type":"dev.scan.done","version":"1.0",)"
    R"("schema":{"type":"object"},"enabled":true})";
const std::string group_body =
    R"({"id":"01JGG6R000000000000000002Q","name":"ready","type":"dev.ready","version":"1","enabled":true,)"
    R"("event_receiver_ids":["01JGG6R000000000000000001J"]})";

JournalEntry event_created() {
  auto entry = make_entry(JournalKind::event_created, 3);
  entry.events = {make_event(1)};
  entry.events[0].success = false;
  entry.row.cause = JournalCause::event;
  entry.row.artifact_id = entry.events[0].artifact_id;
  entry.row.event_id = entry.events[0].id;
  entry.row.receiver_id = ReceiverId{ulid(50)};
  entry.receiver = revision(receiver_body);
  return entry;
}

JournalEntry group_complete(std::size_t satisfying = 1) {
  auto entry = make_entry(JournalKind::group_complete, 4);
  entry.row.cause = JournalCause::event;
  entry.row.group_id = GroupId{ulid(70)};
  entry.group = revision(group_body);
  entry.events = {make_event(2)};
  entry.row.artifact_id = entry.events[0].artifact_id;
  entry.row.event_id = entry.events[0].id;
  for (std::size_t i = 0; i < satisfying; ++i) {
    entry.events.push_back(make_event(static_cast<std::uint8_t>(3 + i)));
    entry.row.satisfying.push_back(entry.events.back().id);
  }
  return entry;
}

JournalEntry about_receiver(JournalKind kind, std::int64_t position) {
  auto entry = make_entry(kind, position);
  entry.row.receiver_id = ReceiverId{ulid(50)};
  entry.receiver = revision(receiver_body);
  return entry;
}

JournalEntry about_group(JournalKind kind, std::int64_t position) {
  auto entry = make_entry(kind, position);
  entry.row.group_id = GroupId{ulid(70)};
  entry.group = revision(group_body);
  return entry;
}

std::vector<JournalEntry> one_of_each() {
  return {about_receiver(JournalKind::receiver_created, 1),
          about_group(JournalKind::group_created, 2),
          event_created(),
          group_complete(),
          about_receiver(JournalKind::receiver_modified, 5),
          about_group(JournalKind::group_modified, 6)};
}

json::Value value_of(const Message& message) {
  auto value = json::parse(message.body);
  EXPECT_TRUE(value.has_value()) << message.body;
  return value ? *value : json::Value{};
}

void expect_golden(const std::string& name, const std::string& found) {
  const auto path = std::string(XZEPR_SOURCE_DIR "/tests/golden/") + name;
  if (std::getenv("XZEPR_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << found;
  std::ifstream file(path);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(found, golden) << name << " has changed: XZEPR_UPDATE_GOLDEN=1 writes it";
}

TEST(CloudEvent, EveryKindIsAsItWasInBothProfiles) {
  for (const auto& [profile, name] : {std::pair{MessageProfile::strict, "messages-strict.ndjson"},
                                      std::pair{MessageProfile::compat, "messages-compat.ndjson"}}) {
    std::string lines;
    for (const auto& entry : one_of_each()) {
      const auto message = render_message(entry, profile);
      ASSERT_TRUE(message.has_value()) << message.error();
      lines += message->body + "\n";
    }
    expect_golden(name, lines);
  }
}

TEST(CloudEvent, TheSameRowGivesTheSameBytes) {
  for (const auto& entry : one_of_each()) {
    EXPECT_EQ(render_message(entry, MessageProfile::strict), render_message(entry, MessageProfile::strict));
  }
}

TEST(CloudEvent, AnEventIsNamedByItsRowAndKeptInOrderByItsArtifact) {
  const auto entry = event_created();
  const auto message = render_message(entry, MessageProfile::strict);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->id, entry.row.id);
  EXPECT_EQ(message->position, 3);
  EXPECT_EQ(message->key, to_string(entry.events[0].artifact_id));
  const auto value = value_of(*message);
  EXPECT_EQ(json::view(value.at("id").as_string()), to_string(entry.row.id));
  EXPECT_EQ(value.at("sequence").as_string(), "00000000000000000003");
  EXPECT_EQ(value.at("subject").as_string(), "app%2F\"one\"@1.2.0+1/linux%2Famd64/déb");
  EXPECT_FALSE(value.at("success").as_bool());
  EXPECT_EQ(value.at("data").at("events").at(0).at("payload").at("count").as_int64(), 3);
  EXPECT_FALSE(value.at("data").at("event_receivers").at(0).as_object().contains("schema"));
}

TEST(CloudEvent, AnOpenGateNamesTheTriggerFirstThenEachThatSatisfiesItOnce) {
  const auto entry = group_complete(2);
  const auto message = render_message(entry, MessageProfile::strict);
  ASSERT_TRUE(message.has_value());
  const auto value = value_of(*message);
  const auto& events = value.at("data").at("events").as_array();
  ASSERT_EQ(events.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(json::view(events[i].at("id").as_string()), to_string(entry.events[i].id));
  EXPECT_EQ(value.at("type").as_string(), "dev.ready");
  EXPECT_EQ(message->key, to_string(entry.events[0].artifact_id));
}

TEST(CloudEvent, CompatSpellsTwoAttributesAsWatchersKnowThem) {
  const auto value = value_of(*render_message(event_created(), MessageProfile::compat));
  EXPECT_EQ(value.at("platform_id").as_string(), "linux/amd64");
  EXPECT_EQ(value.at("api_version").as_string(), "v1");
  EXPECT_FALSE(value.as_object().contains("platformid"));
  EXPECT_FALSE(value.as_object().contains("apiversion"));
}

TEST(CloudEvent, WithoutAnArtifactThereAreNoneOfItsAttributes) {
  const auto message =
      render_message(about_receiver(JournalKind::receiver_modified, 5), MessageProfile::strict);
  const auto value = value_of(*message);
  for (const auto* name : {"apiversion", "name", "version", "release", "platformid", "package"})
    EXPECT_FALSE(value.as_object().contains(name)) << name;
  EXPECT_EQ(message->key, to_string(ulid(50)));
  EXPECT_TRUE(value.at("data").at("event_receivers").at(0).as_object().contains("schema"));
}

TEST(CloudEvent, ALongGateMessageLosesWhatCanBeReadElsewhere) {
  auto entry = group_complete(150);
  for (auto& event : entry.events) event.description.assign(4 * limits::description_length_max, 'x');
  const auto message = render_message(entry, MessageProfile::strict);
  ASSERT_TRUE(message.has_value());
  EXPECT_LT(message->body.size(), limits::message_bytes_max - limits::message_envelope_bytes_max);
  const auto value = value_of(*message);
  const auto& events = value.at("data").at("events").as_array();
  EXPECT_EQ(events.size(), 151U);
  EXPECT_TRUE(events[0].as_object().contains("payload"));
  EXPECT_FALSE(events[1].as_object().contains("payload"));
  EXPECT_FALSE(events[1].as_object().contains("description"));
}

TEST(CloudEvent, ALeftOutPayloadIsNoMember) {
  auto entry = group_complete(1);
  entry.events[1].payload.clear();
  const auto value = value_of(*render_message(entry, MessageProfile::strict));
  EXPECT_FALSE(value.at("data").at("events").at(1).as_object().contains("payload"));
  EXPECT_TRUE(value.at("data").at("events").at(1).as_object().contains("description"));
}

TEST(CloudEvent, WhatIsMissingIsSaid) {
  auto no_event = event_created();
  no_event.events.clear();
  auto other_event = group_complete();
  std::swap(other_event.events[0], other_event.events[1]);
  auto too_few = group_complete();
  too_few.events.pop_back();
  auto no_receiver = event_created();
  no_receiver.receiver = nullptr;
  auto no_group = about_group(JournalKind::group_created, 2);
  no_group.group = nullptr;
  for (const auto& entry : {no_event, other_event, too_few, no_receiver, no_group}) {
    const auto message = render_message(entry, MessageProfile::strict);
    ASSERT_FALSE(message.has_value());
    EXPECT_TRUE(message.error().ends_with("is not stored")) << message.error();
  }
}

TEST(CloudEvent, GatesThatOpenAndCloseAreForStreamsOnly) {
  for (const auto& [kind, name] : {std::pair(JournalKind::gate_opened, "gate.opened"),
                                   std::pair(JournalKind::gate_closed, "gate.closed")}) {
    auto entry = about_group(kind, 2);
    entry.row.artifact_id = ArtifactId{};
    const auto message = render_message(entry, MessageProfile::strict);
    ASSERT_TRUE(message.has_value()) << message.error();
    const auto value = json::parse(message->body).value();
    EXPECT_EQ(json::view(value.at("kind").as_string()), name);
    EXPECT_EQ(json::view(value.at("subject").as_string()), std::string(32, '0'));
    EXPECT_EQ(value.at("success").as_bool(), kind == JournalKind::gate_opened);
    EXPECT_EQ(value.at("data").at("event_receiver_groups").as_array().size(), 1U);
    EXPECT_FALSE(is_for_brokers(kind));
  }
  EXPECT_TRUE(is_for_brokers(JournalKind::group_complete));
  EXPECT_FALSE(is_for_brokers(JournalKind::group_deleted));
}

TEST(CloudEvent, F19AnIntegerStaysWhatItWas) {
  auto entry = event_created();
  entry.events[0].payload =
      R"({"n":9007199254740993,"big":9223372036854775807,"unsigned":18446744073709551615})";
  const auto message = render_message(entry, MessageProfile::strict);
  ASSERT_TRUE(message.has_value());
  EXPECT_NE(message->body.find(entry.events[0].payload), std::string::npos);
}

// What a name holds stays inside its attribute: a reader that parses the message gets it back whole.
TEST(CloudEvent, F26F27ANameBreaksOutOfNothing) {
  for (const std::string name :
       {"a\",\"id\":\"forged", "{\"specversion\":\"9\"}", "a\\", "</script>", "\u2028", "a\u0085b"}) {
    auto entry = event_created();
    entry.events[0].artifact.name = name;
    const auto message = render_message(entry, MessageProfile::strict);
    ASSERT_TRUE(message.has_value());
    const auto value = json::parse(message->body);
    ASSERT_TRUE(value.has_value()) << name;
    EXPECT_EQ(json::view(value->at("name").as_string()), name);
    EXPECT_EQ(json::view(value->at("id").as_string()), to_string(entry.row.id));
    EXPECT_EQ(json::view(value->at("specversion").as_string()), "1.0");
    EXPECT_EQ(message->key.find_first_not_of("0123456789abcdef"), std::string::npos)
        << "the key is an id of ours";
  }
}

TEST(CloudEvent, DeletionsAreNoMessages) {
  for (const auto kind : {JournalKind::receiver_deleted, JournalKind::group_deleted}) {
    EXPECT_EQ(message_kind(kind), "");
    EXPECT_FALSE(render_message(make_entry(kind, 1), MessageProfile::strict).has_value());
  }
}

TEST(CloudEvent, AProfileHasAName) {
  EXPECT_EQ(parse_message_profile("strict"), MessageProfile::strict);
  EXPECT_EQ(parse_message_profile("compat"), MessageProfile::compat);
  EXPECT_FALSE(parse_message_profile("Strict").has_value());
}

}  // namespace
}  // namespace xzepr::domain
