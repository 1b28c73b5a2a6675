#include <array>

#include "api/rest/schemas.hpp"
#include "base/limits.hpp"

namespace xzepr::api::rest {
namespace {

using schema::Member;
using schema::Need;

std::vector<Member> new_event_members() {
  return {
      {"name", schema::line(1, limits::name_length_max), "The artifact's name."},
      {"version", schema::line(1, limits::version_length_max), "The artifact's version."},
      {"release", schema::line(1, limits::version_length_max),
       "The artifact's release: the build of the version."},
      {"platform_id", schema::line(1, limits::name_length_max), "Where the artifact runs."},
      {"package", schema::line(1, limits::name_length_max), "How the artifact is packed."},
      {"description", schema::text(0, limits::description_length_max),
       "For people. New lines and tabs are allowed, other control characters are not.", Need::optional},
      {"success", schema::with_default(schema::flag(), true), "Did what happened succeed?", Need::optional},
      {"event_start", schema::time(), "When it began; the time of arrival when left out.", Need::optional},
      {"event_end", schema::time(),
       "When it ended, not before event_start; the time of arrival when left out.", Need::optional},
      {"event_receiver_id", schema::id_or_uuid(),
       "The receiver. This or event_receiver, unless the API key names a default.", Need::optional},
      {"event_receiver", schema::text(), "The receiver as name or name@version.", Need::optional},
      {"payload", schema::with_default(schema::any(), json::Object{}),
       "Anything that the receiver's schema allows.", Need::absent},
  };
}

json::Value event_example() {
  return json::Object{{"event_receiver", "sast-scan"},
                      {"name", "my-app"},
                      {"version", "1.4.0"},
                      {"release", "1"},
                      {"platform_id", "linux-amd64"},
                      {"package", "deb"},
                      {"success", true},
                      {"payload", json::Object{{"critical_count", 0}}}};
}

json::Value new_event() {
  return schema::with_example(schema::request("What happened to an artifact.", new_event_members()),
                              event_example());
}

json::Value new_batch_event() {
  auto members = new_event_members();
  members.push_back({"idempotency_key", schema::text(1, limits::idempotency_key_length_max),
                     "Visible ASCII. The same key again answers with the first event. Not with atomic=true.",
                     Need::optional});
  return schema::with_example(schema::request("An event of a batch.", std::move(members)), event_example());
}

// Items are read one by one: a broken one is refused in its own result and is no fault of the batch.
json::Value new_events() {
  const json::Object item{
      {"anyOf", json::Array{schema::ref("NewBatchEvent"),
                            json::Object{{"description", "Anything else is refused alone."}}}}};
  auto made = schema::list_of(item, 1, limits::batch_items_max);
  return schema::with_example(std::move(made), json::Array{event_example()});
}

json::Value gate_answer() {
  return schema::answer("A gate of the event's artifact, right after the event.",
                        {{"id", schema::id(), "The group."},
                         {"name", schema::text(), ""},
                         {"state", schema::choice({"open", "failing", "pending"}), ""}});
}

json::Value event_created() {
  return schema::answer("",
                        {{"data", schema::id(), "The event's id, under its older name."},
                         {"id", schema::id(), "The event's id."},
                         {"position", schema::integer(1), "Its place in the journal: the order of arrival."},
                         {"gates", schema::list_of(schema::ref("GateAnswer")),
                          "Every enabled group with the event's receiver."}});
}

json::Value batch_result() {
  return schema::answer("What became of one item: either its event or an error.",
                        {{"status", schema::integer(200, 599), "As a request of its own would be answered."},
                         {"id", schema::id(), "The event's id.", Need::absent},
                         {"position", schema::integer(1), "", Need::absent},
                         {"gates", schema::list_of(schema::ref("GateAnswer")), "", Need::absent},
                         {"replayed", schema::flag(),
                          "The item's key was used before: this is the first answer.", Need::absent},
                         {"error", schema::ref("Problem"), "Why the item is not stored.", Need::absent}});
}

json::Value batch_results() {
  return schema::answer("", {{"data", schema::list_of(schema::ref("BatchResult"), 1, limits::batch_items_max),
                              "One result per item, in order."}});
}

json::Value event() {
  return schema::answer(
      "An event as it is stored. Events never change.",
      {{"id", schema::id(), ""},
       {"name", schema::text(), ""},
       {"version", schema::text(), ""},
       {"release", schema::text(), ""},
       {"platform_id", schema::text(), ""},
       {"package", schema::text(), ""},
       {"description", schema::text(), ""},
       {"payload", schema::any(), "As it was posted."},
       {"success", schema::flag(), ""},
       {"event_start", schema::time(), ""},
       {"event_end", schema::time(), ""},
       {"event_receiver_id", schema::id(), ""},
       {"receiver_version", schema::integer(1),
        "The receiver's resource_version when the payload was checked."},
       {"artifact_id", schema::ref("ArtifactId"), ""},
       {"created_at", schema::time(), "When it arrived."},
       {"updated_at", schema::time(), "The same."},
       {"created_by", schema::id(), "The user that posted it."},
       {"receiver", schema::nullable(schema::ref("Receiver")),
        "With expand=receiver; null when it is gone or not visible to the caller.", Need::absent}});
}

json::Value event_page() { return schema::page_of("Event"); }

constexpr auto event_schema_table = std::to_array<NamedSchema>({{"NewEvent", new_event},
                                                                {"NewBatchEvent", new_batch_event},
                                                                {"NewEvents", new_events},
                                                                {"GateAnswer", gate_answer},
                                                                {"EventCreated", event_created},
                                                                {"BatchResult", batch_result},
                                                                {"BatchResults", batch_results},
                                                                {"Event", event},
                                                                {"EventPage", event_page}});

}  // namespace

std::span<const NamedSchema> event_schemas() { return event_schema_table; }

}  // namespace xzepr::api::rest
