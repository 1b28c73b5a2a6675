#include "service/event_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/object_reader.hpp"
#include "json/write.hpp"
#include "service/field_formats.hpp"
#include "service/lookup.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

constexpr TextRule name_rule{.length_min = 1, .length_max = limits::name_length_max};
constexpr TextRule version_rule{.length_min = 1, .length_max = limits::version_length_max};
constexpr TextRule description_rule{.length_min = 0,
                                    .length_max = limits::description_length_max,
                                    .controls = ControlCharacters::newline_and_tab_allowed};

std::string clean_field(std::string_view field, std::string_view text, const TextRule& rule,
                        std::vector<Violation>& faults) {
  auto cleaned = clean_text(text, rule);
  if (cleaned) return *std::move(cleaned);
  cleaned.error().pointer = fmt::format("/{}", field);
  faults.push_back(std::move(cleaned).error());
  return {};
}

domain::Artifact clean_artifact(const NewEvent& event, std::vector<Violation>& faults) {
  domain::Artifact out;
  out.name = clean_field("name", event.name, name_rule, faults);
  out.version = clean_field("version", event.version, version_rule, faults);
  out.release = clean_field("release", event.release, version_rule, faults);
  out.platform_id = clean_field("platform_id", event.platform_id, name_rule, faults);
  out.package = clean_field("package", event.package, name_rule, faults);
  return out;
}

void set_times(const NewEvent& event, TimePoint now, domain::Event& out, std::vector<Violation>& faults) {
  out.event_start = event.event_start.value_or(event.event_end ? std::min(now, *event.event_end) : now);
  out.event_end = event.event_end.value_or(std::max(now, out.event_start));
  if (out.event_end < out.event_start) {
    faults.push_back(
        {.pointer = "/event_end", .keyword = "order", .message = "must not be before event_start"});
  }
}

// Where the request names its receiver, and how.
struct Reference {
  std::string_view field;
  std::string text;
  const domain::Receiver* receiver;
};

Reference refer(const EventCheckInput& input, const NewEvent& event) {
  const auto& catalogue = *input.snapshot.catalogue;
  if (event.receiver_id) {
    return {"event_receiver_id", to_string(*event.receiver_id), catalogue.find_receiver(*event.receiver_id)};
  }
  if (event.receiver) return {"event_receiver", *event.receiver, catalogue.find_receiver(*event.receiver)};
  const ReceiverId by_default = *input.principal.default_receiver;
  return {"event_receiver_id", to_string(by_default), catalogue.find_receiver(by_default)};
}

// False, with a violation, when the request does not say which receiver, or says it twice.
bool names_a_receiver(const EventCheckInput& input, const NewEvent& event, std::vector<Violation>& faults) {
  if (event.receiver_id && event.receiver) {
    faults.push_back({.pointer = "/event_receiver",
                      .keyword = "oneOf",
                      .message = "give event_receiver_id or event_receiver, not both"});
    return false;
  }
  if (event.receiver_id || event.receiver || input.principal.default_receiver) return true;
  faults.push_back({.pointer = "/event_receiver_id",
                    .keyword = "required",
                    .message = "is required: the API key names no default receiver"});
  return false;
}

Result<const domain::Receiver*> find_target(const EventCheckInput& input, const NewEvent& event) {
  const auto& catalogue = *input.snapshot.catalogue;
  const Reference reference = refer(input, event);
  const auto* receiver = reference.receiver;
  if (receiver == nullptr || !identity::may_see(input.principal, *receiver, catalogue)) {
    return std::unexpected(receiver_unknown_in(reference.field, reference.text));
  }
  if (!identity::may_post_to(input.principal, *receiver, catalogue)) {
    return std::unexpected(Error{.kind = Errc::forbidden,
                                 .code = "permission_denied",
                                 .detail = fmt::format("you may not post to the receiver {}", receiver->name),
                                 .hint = "ask the owner of one of its groups to make you a member",
                                 .field = std::string(reference.field)});
  }
  if (!receiver->enabled) {
    Error error = conflict("receiver_disabled",
                           fmt::format("the receiver {} {} is disabled", receiver->name, receiver->version),
                           "post to another version of it, or have it enabled");
    error.field = std::string(reference.field);
    return std::unexpected(std::move(error));
  }
  return receiver;
}

Result<void> check_against(const domain::Receiver& receiver, const EventCheckInput& input,
                           const NewEvent& event, const domain::Event& checked,
                           std::vector<Violation>& faults) {
  const auto schema = input.snapshot.schemas.find(receiver.id);
  const auto formats = input.snapshot.formats.find(receiver.id);
  if (schema == input.snapshot.schemas.end() || formats == input.snapshot.formats.end()) {
    return unavailable(
        fmt::format("the schema of the receiver {} cannot be used by this server", receiver.name));
  }
  if (faults.empty()) formats->second->check(checked.artifact, checked.description, faults);
  auto in_payload = schema->second->validate(event.payload, "/payload");
  std::ranges::move(in_payload, std::back_inserter(faults));
  return {};
}

Error refusal(std::vector<Violation> faults, const domain::Receiver* receiver) {
  const bool is_payload_only = receiver != nullptr && std::ranges::all_of(faults, [](const Violation& fault) {
                                 return fault.pointer == "/payload" || fault.pointer.starts_with("/payload/");
                               });
  if (!is_payload_only) return json::request_invalid(std::move(faults));
  Error error{.kind = Errc::invalid,
              .code = "payload_invalid",
              .detail = fmt::format("{} problem{} in the payload for receiver {} {}", faults.size(),
                                    faults.size() == 1 ? "" : "s", receiver->name, receiver->version)};
  error.violations = std::move(faults);
  error.hint = fmt::format("xzepr receiver validate {} payload.json", receiver->name);
  error.field = "payload";
  return error;
}

}  // namespace

Result<domain::Event> check_event(const EventCheckInput& input, const NewEvent& event, EventId id) {
  std::vector<Violation> faults;
  domain::Event out;
  out.artifact = clean_artifact(event, faults);
  out.description = clean_field("description", event.description, description_rule, faults);
  set_times(event, input.now, out, faults);

  const domain::Receiver* receiver = nullptr;
  if (names_a_receiver(input, event, faults)) {
    auto target = find_target(input, event);
    if (!target) {
      Error error = std::move(target).error();
      std::ranges::move(faults, std::back_inserter(error.violations));
      return std::unexpected(std::move(error));
    }
    receiver = *target;
    auto usable = check_against(*receiver, input, event, out, faults);
    if (!usable) return std::unexpected(std::move(usable).error());
  }
  if (!faults.empty()) return std::unexpected(refusal(std::move(faults), receiver));

  out.id = id;
  out.artifact_id = domain::artifact_id(out.artifact);
  out.payload = json::write(event.payload);
  out.success = event.success;
  out.receiver_id = receiver->id;
  out.receiver_version = receiver->resource_version;
  out.created_at = input.now;
  out.created_by = input.principal.user_id;
  return out;
}

}  // namespace xzepr::service
