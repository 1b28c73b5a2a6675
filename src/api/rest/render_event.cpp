#include "api/rest/render_event.hpp"

#include "api/rest/object_text.hpp"
#include "api/rest/render_catalogue.hpp"
#include "domain/event_text.hpp"

namespace xzepr::api::rest {
namespace {

// All members beside the texts of the client: names, quotes, ids and times.
constexpr std::size_t event_overhead_bytes = 700;

void append_gate_answer(std::string& out, const domain::GateAnswer& gate) {
  ObjectText object(out);
  object.id("id", gate.id);
  object.text("name", gate.name);
  object.text("state", domain::to_string(gate.state));
  object.close();
}

void add_appended(std::string& out, ObjectText& object, const domain::Appended& appended) {
  object.id("id", appended.id);
  object.number("position", appended.position);
  object.key("gates");
  append_array(out, appended.gates, append_gate_answer);
}

}  // namespace

void append_event(std::string& out, const domain::Event& event) {
  out.reserve(out.size() + event_overhead_bytes + event.payload.size() + event.description.size());
  ObjectText object(out);
  domain::add_event(object, event);
  object.close();
}

void append_event_with(std::string& out, const domain::Event& event, const domain::Receiver* receiver) {
  ObjectText object(out);
  domain::add_event(object, event);
  if (receiver == nullptr) {
    object.null("receiver");
  } else {
    object.key("receiver");
    append_receiver(out, *receiver);
  }
  object.close();
}

void append_appended(std::string& out, const domain::Appended& appended) {
  ObjectText object(out);
  object.id("data", appended.id);
  add_appended(out, object, appended);
  object.close();
}

void append_batch_result(std::string& out, const domain::Appended& appended) {
  ObjectText object(out);
  object.number("status", 201);
  add_appended(out, object, appended);
  if (appended.is_replayed) object.flag("replayed", true);
  object.close();
}

void append_artifact(std::string& out, const store::ArtifactListing& listing) {
  ObjectText object(out);
  object.text("id", domain::to_string(listing.id));
  domain::add_artifact(object, listing.artifact);
  object.time("first_seen_at", listing.first_seen_at);
  object.close();
}

}  // namespace xzepr::api::rest
