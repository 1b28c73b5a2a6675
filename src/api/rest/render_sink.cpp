#include "api/rest/render_sink.hpp"

#include "api/rest/object_text.hpp"
#include "domain/cloud_event.hpp"

namespace xzepr::api::rest {
namespace {

void append_sink(std::string& out, const service::SinkStatus& status) {
  ObjectText object(out);
  object.text("name", status.sink.name);
  object.number("position", status.sink.position);
  object.number("pending", status.pending);
  object.number("dead_letters", static_cast<std::int64_t>(status.dead_letters));
  object.text("owner", status.sink.owner);
  object.time("lease_until", status.sink.lease_until);
  object.close();
}

}  // namespace

void append_sink_list(std::string& out, const std::vector<service::SinkStatus>& sinks) {
  ObjectText object(out);
  object.key("data");
  append_array(out, sinks, append_sink);
  object.close();
}

void append_dead_letter(std::string& out, const domain::DeadLetter& letter) {
  ObjectText object(out);
  object.id("id", letter.id);
  object.text("sink", letter.sink);
  object.number("position", letter.position);
  object.ulid("message_id", letter.message_id);
  object.text("kind", domain::message_kind(letter.kind));
  object.text("key", letter.key);
  object.text("cause", domain::to_string(letter.cause));
  object.text("detail", letter.detail);
  object.number("tries", letter.tries);
  object.time("failed_at", letter.failed_at);
  object.time("resend_at", letter.resend_at);
  object.close();
}

}  // namespace xzepr::api::rest
