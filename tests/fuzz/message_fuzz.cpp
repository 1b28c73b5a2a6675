// Messages of whatever was stored: each is one JSON text, and what was put in reads back out of it. A
// revision whatever its bytes is read or refused, and a brief one is JSON too.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "domain/cloud_event.hpp"
#include "json/parse.hpp"

namespace {

using xzepr::domain::Event;
using xzepr::domain::JournalEntry;
using xzepr::domain::JournalKind;
using xzepr::domain::MessageProfile;
using xzepr::domain::Revision;

constexpr std::size_t events_max = 20;

// Cuts the next field off, as names may be: valid UTF-8 without U+0000.
std::string next_field(std::string_view& rest) {
  const auto field = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), field.size() + 1));
  const bool is_text = xzepr::is_valid_utf8(field) && field.find('\0') == std::string_view::npos;
  return is_text ? std::string(field) : "?";
}

Event next_event(std::string_view& rest, std::uint8_t number) {
  Event event;
  event.id.value.bytes[15] = number;
  event.artifact.name = next_field(rest);
  event.artifact.version = next_field(rest);
  event.artifact.package = next_field(rest);
  event.description = next_field(rest);
  const auto payload = next_field(rest);
  event.payload = xzepr::json::parse(payload) ? payload : "{}";
  event.success = number % 2 == 0;
  return event;
}

std::shared_ptr<const Revision> revision_of(std::string text) {
  auto revision = xzepr::domain::parse_revision(std::move(text));
  if (!revision)
    return std::make_shared<const Revision>(Revision{.type = "t", .body = R"({"a":1})", .brief = "{}"});
  const auto brief = xzepr::json::parse(revision->brief, {.depth_max = 1'000});
  XZEPR_ASSERT(!brief || !brief->as_object().contains("schema"));
  return std::make_shared<const Revision>(*std::move(revision));
}

JournalEntry entry_of(std::string_view rest) {
  JournalEntry entry;
  const auto head = next_field(rest);
  entry.row.kind = static_cast<JournalKind>(1 + head.size() % 10);
  entry.row.position = static_cast<std::int64_t>(rest.size());
  entry.receiver = revision_of(next_field(rest));
  entry.group = revision_of(next_field(rest));
  for (std::uint8_t number = 0; !rest.empty() && entry.events.size() < events_max; ++number)
    entry.events.push_back(next_event(rest, number));
  if (!entry.events.empty()) {
    entry.row.event_id = entry.events[0].id;
    entry.row.artifact_id = xzepr::domain::artifact_id(entry.events[0].artifact);
    for (std::size_t i = 1; i < entry.events.size(); ++i) entry.row.satisfying.push_back(entry.events[i].id);
  }
  return entry;
}

void check_events(const xzepr::json::Value& data, const JournalEntry& entry) {
  const auto& events = data.at("events").as_array();
  if (!xzepr::domain::has_events(entry.row.kind)) return;
  XZEPR_ASSERT(events.size() == entry.events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = entry.events[i];
    XZEPR_ASSERT(xzepr::json::view(events[i].at("id").as_string()) == to_string(event.id));
    XZEPR_ASSERT(xzepr::json::view(events[i].at("name").as_string()) == event.artifact.name);
    XZEPR_ASSERT(xzepr::json::view(events[i].at("description").as_string()) == event.description);
  }
}

void check(const JournalEntry& entry, MessageProfile profile) {
  const auto message = render_message(entry, profile);
  if (!message) return;
  XZEPR_ASSERT(message == render_message(entry, profile));
  const auto value = xzepr::json::parse(message->body, {.depth_max = 1'000});
  if (!value) return;  // a revision as no server of ours writes one
  XZEPR_ASSERT(xzepr::json::view(value->at("id").as_string()) == to_string(entry.row.id));
  XZEPR_ASSERT(xzepr::json::view(value->at("kind").as_string()) == message_kind(entry.row.kind));
  XZEPR_ASSERT(value->at("specversion").as_string() == "1.0");
  check_events(value->at("data"), entry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entry = entry_of({reinterpret_cast<const char*>(data), size});
  check(entry, MessageProfile::strict);
  check(entry, MessageProfile::compat);
  return 0;
}
