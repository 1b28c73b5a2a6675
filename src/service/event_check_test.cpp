#include "service/event_check.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class EventCheck : public World {
 protected:
  Result<domain::Event> check(const Caller& caller, const NewEvent& event) {
    const Snapshot snapshot = catalogue.snapshot();
    const EventCheckInput input{.principal = *caller, .snapshot = *snapshot, .now = at(100)};
    return check_event(input, event, EventId{ids.next(at(100))});
  }
};

}  // namespace

TEST_F(EventCheck, CleansTextAndFillsInWhatTheServerGives) {
  const auto receiver = given_receiver("scan");
  NewEvent event = new_event("scan");
  event.name = "  app ";
  event.description = "one\n\ttwo ";
  const auto checked = check(manager, event);
  ASSERT_TRUE(checked.has_value());
  EXPECT_EQ(checked->artifact.name, "app");
  EXPECT_EQ(checked->description, "one\n\ttwo");
  EXPECT_EQ(checked->payload, "{}");
  EXPECT_EQ(checked->receiver_id, receiver.id);
  EXPECT_EQ(checked->receiver_version, 1);
  EXPECT_EQ(checked->created_at, at(100));
  EXPECT_EQ(checked->event_start, at(100));
  EXPECT_EQ(checked->created_by, manager->user_id);
  EXPECT_EQ(checked->artifact_id, domain::artifact_id(checked->artifact));
}

TEST_F(EventCheck, TellsEveryFaultOfTheFieldsAndThePayloadAtOnce) {
  given_receiver("scan");
  NewEvent event = new_event("scan");
  event.name = " ";
  event.version = std::string(101, 'v');
  event.package = "a\nb";
  event.description = std::string("a\0", 2);
  event.event_start = at(2);
  event.event_end = at(1);
  event.payload = json_of(R"({"count":"x"})");
  const auto checked = check(manager, event);
  EXPECT_EQ(code_of(checked), "request_invalid");
  EXPECT_EQ(kind_of(checked), Errc::invalid);
  EXPECT_EQ(places(checked),
            (std::vector<std::string>{"/name minLength", "/version maxLength", "/package controlCharacters",
                                      "/description controlCharacters", "/event_end order",
                                      "/payload/count type"}));
}

TEST_F(EventCheck, SaysPayloadInvalidWhenOnlyThePayloadIsAtFault) {
  given_receiver("scan", "1.2");
  NewEvent event = new_event("scan");
  event.payload = json_of(R"({"count":"x"})");
  const auto checked = check(manager, event);
  EXPECT_EQ(code_of(checked), "payload_invalid");
  EXPECT_EQ(checked.error().detail, "1 problem in the payload for receiver scan 1.2");
  EXPECT_EQ(checked.error().hint, "xzepr receiver validate scan payload.json");
  EXPECT_EQ(checked.error().field, "payload");
  EXPECT_EQ(checked.error().violations[0].schema, "#/properties/count/type");
}

TEST_F(EventCheck, LimitsAreInclusive) {
  given_receiver("scan");
  NewEvent event = new_event("scan");
  event.name = std::string(255, 'n');
  event.version = std::string(100, 'v');
  event.description = std::string(5'000, 'd');
  EXPECT_TRUE(check(manager, event).has_value());
  event.description += 'd';
  EXPECT_EQ(places(check(manager, event)), std::vector<std::string>{"/description maxLength"});
}

TEST_F(EventCheck, ATimeLeftOutKeepsTheStartBeforeTheEnd) {
  given_receiver("scan");
  NewEvent event = new_event("scan");
  event.event_end = at(50);
  EXPECT_EQ(check(manager, event)->event_start, at(50));
  event.event_end.reset();
  event.event_start = at(500);
  EXPECT_EQ(check(manager, event)->event_end, at(500));
  event.event_end = at(500);
  EXPECT_TRUE(check(manager, event).has_value());
}

TEST_F(EventCheck, NeedsExactlyOneReceiver) {
  const auto receiver = given_receiver("scan");
  NewEvent event = new_event("scan");
  event.receiver_id = receiver.id;
  EXPECT_EQ(places(check(manager, event)), std::vector<std::string>{"/event_receiver oneOf"});
  event.receiver.reset();
  EXPECT_TRUE(check(manager, event).has_value());
  event.receiver_id.reset();
  EXPECT_EQ(places(check(manager, event)), std::vector<std::string>{"/event_receiver_id required"});
  auto with_default = std::make_shared<identity::Principal>(*manager);
  with_default->default_receiver = receiver.id;
  EXPECT_EQ(check(with_default, event)->receiver_id, receiver.id);
}

TEST_F(EventCheck, AnUnknownReceiverIsAFaultOfTheInput) {
  NewEvent event = new_event("none");
  EXPECT_EQ(code_of(check(manager, event)), "receiver_unknown");
  EXPECT_EQ(kind_of(check(manager, event)), Errc::invalid);
  EXPECT_EQ(check(manager, event).error().field, "event_receiver");
  event.receiver.reset();
  event.receiver_id = ReceiverId{};
  EXPECT_EQ(check(manager, event).error().field, "event_receiver_id");
}

TEST_F(EventCheck, AReceiverThatTheCallerMayNotSeeIsUnknownAndOneItMayOnlySeeIsForbidden) {
  given_receiver("scan");
  given_group("gate", {"scan"});
  EXPECT_EQ(code_of(check(stranger, new_event("scan"))), "receiver_unknown");
  const auto denied = check(viewer, new_event("scan"));
  EXPECT_EQ(code_of(denied), "permission_denied");
  EXPECT_EQ(kind_of(denied), Errc::forbidden);
}

TEST_F(EventCheck, AMemberMayPost) {
  given_receiver("scan");
  given_group("gate", {"scan"});
  ASSERT_TRUE(run(groups.add_member(as(manager), "gate", "ute")).has_value());
  EXPECT_TRUE(check(user, new_event("scan")).has_value());
}

TEST_F(EventCheck, ADisabledReceiverRefuses) {
  given_receiver("scan");
  ReceiverUpdate update;
  update.enabled = false;
  ASSERT_TRUE(run(receivers.update(as(manager), "scan", update, std::nullopt)).has_value());
  const auto checked = check(manager, new_event("scan"));
  EXPECT_EQ(code_of(checked), "receiver_disabled");
  EXPECT_EQ(kind_of(checked), Errc::conflict);
}

TEST_F(EventCheck, ANameMeansTheNewestEnabledVersion) {
  const auto first = given_receiver("scan", "1.0");
  const auto second = given_receiver("scan", "2.0");
  EXPECT_EQ(check(manager, new_event("scan"))->receiver_id, second.id);
  EXPECT_EQ(check(manager, new_event("scan@1.0"))->receiver_id, first.id);
  ReceiverUpdate update;
  update.enabled = false;
  ASSERT_TRUE(run(receivers.update(as(manager), "scan@2.0", update, std::nullopt)).has_value());
  EXPECT_EQ(check(manager, new_event("scan"))->receiver_id, first.id);
}

TEST_F(EventCheck, DemandsTheReceiversFieldFormats) {
  NewReceiver receiver = new_receiver("scan");
  receiver.field_formats = {{"version", "semver"}, {"platform_id", "regex:[a-z0-9]+"}};
  ASSERT_TRUE(run(receivers.create(as(manager), receiver, std::nullopt)).has_value());
  EXPECT_TRUE(check(manager, new_event("scan")).has_value());
  NewEvent event = new_event("scan");
  event.version = "one";
  event.platform_id = "AMD64";
  const auto checked = check(manager, event);
  EXPECT_EQ(code_of(checked), "request_invalid");
  EXPECT_EQ(places(checked), (std::vector<std::string>{"/platform_id format", "/version format"}));
}

TEST_F(EventCheck, AReceiverThatCannotBeCompiledRefusesItsEvents) {
  auto receiver = given_receiver("scan");
  receiver.schema = R"({"type":7})";
  receiver.fingerprint = "another";
  elsewhere([&] { store.receivers[receiver.id] = receiver; });
  run(catalogue.refresh(store, soon()));
  EXPECT_EQ(code_of(check(manager, new_event("scan"))), "unavailable");
}

}  // namespace xzepr::service
