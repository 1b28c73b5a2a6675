#include "service/refusals.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace xzepr::service {
namespace {

Error absent(std::string_view code, std::string_view what, std::string_view reference, std::string hint) {
  return Error{.kind = Errc::not_found,
               .code = code,
               .detail = fmt::format("there is no {} {}", what, shown(reference)),
               .hint = std::move(hint)};
}

}  // namespace

std::string shown(std::string_view text) {
  constexpr std::size_t bytes_max = 100;
  if (!is_valid_utf8(text)) return "(not UTF-8)";
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "...";
}

Error receiver_unknown(std::string_view reference) {
  return absent("receiver_unknown", "receiver", reference, "xzepr receiver list");
}

Error receiver_unknown_in(std::string_view field, std::string_view reference) {
  Error error = receiver_unknown(reference);
  error.kind = Errc::invalid;
  error.field = std::string(field);
  error.violations.push_back({.pointer = fmt::format("/{}", field),
                              .keyword = "exists",
                              .message = fmt::format("there is no receiver {}", shown(reference))});
  return error;
}

Error group_unknown(std::string_view reference) {
  return absent("group_unknown", "group", reference, "xzepr group list");
}

Error event_unknown(std::string_view reference) {
  return absent("event_unknown", "event", reference, "xzepr event list");
}

Error artifact_unknown(std::string_view reference) {
  return absent("artifact_unknown", "artifact", reference, "xzepr artifact list");
}

Error api_key_unknown(std::string_view reference) {
  return absent("api_key_unknown", "API key", reference, "xzepr admin key list");
}

Error sink_unknown(std::string_view reference) {
  return absent("sink_unknown", "sink", reference, "xzepr sink list");
}

Error dead_letter_unknown(std::string_view reference) {
  return absent("dead_letter_unknown", "dead letter", reference, "xzepr sink dead-letters list");
}

Error webhook_unknown(std::string_view reference) {
  return absent("webhook_unknown", "webhook", reference, "xzepr webhook list");
}

Error delivery_unknown(std::string_view reference) {
  return absent("delivery_unknown", "delivery", reference, "xzepr webhook deliveries NAME");
}

Error not_owner(std::string_view what, std::string_view name) {
  return Error{.kind = Errc::forbidden,
               .code = "not_owner",
               .detail = fmt::format("the {} {} belongs to another owner", what, shown(name)),
               .hint = "ask its owner or an administrator"};
}

Error precondition_failed(std::string_view what, std::int64_t resource_version) {
  return Error{.kind = Errc::precondition_failed,
               .code = "precondition_failed",
               .detail = fmt::format("the {} is at version {} by now", what, resource_version),
               .hint = "read it again and repeat the change with its new ETag"};
}

Error field_fixed(std::string_view what, const std::vector<std::string>& fields) {
  Error error{.kind = Errc::invalid,
              .code = "field_fixed",
              .detail = fmt::format("{} of a {} cannot be changed", fmt::join(fields, ", "), what)};
  for (const auto& field : fields) {
    error.violations.push_back({.pointer = "/" + field, .keyword = "fixed", .message = "cannot be changed"});
  }
  error.hint = fmt::format("make another {} with the new {}", what, fmt::join(fields, ", "));
  error.field = fields.empty() ? std::string() : fields.front();
  return error;
}

Error credentials_invalid() {
  return Error{
      .kind = Errc::unauthenticated,
      .code = "credentials_invalid",
      .detail = "the credential is not valid",
      .hint = "send a valid API key in X-API-Key, or one or an access token as Authorization: Bearer"};
}

Error catalogue_too_busy() { return unavailable("receivers and groups are being changed too fast").error(); }

Error conflict(std::string_view code, std::string detail, std::string hint) {
  return Error{.kind = Errc::conflict, .code = code, .detail = std::move(detail), .hint = std::move(hint)};
}

void prefix_pointers(std::vector<Violation>& violations, std::string_view prefix) {
  for (auto& violation : violations) violation.pointer.insert(0, prefix);
}

}  // namespace xzepr::service
