#include "service/idempotency.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/time_text.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"
#include "service/part_text.hpp"

namespace xzepr::service {
namespace {

void append_optional_part(std::string& out, const std::optional<std::string>& part) {
  if (part) {
    append_part(out, std::string_view(*part));
  } else {
    out += '-';
  }
}

std::optional<std::string> text_of(const std::optional<TimePoint>& time) {
  if (!time) return std::nullopt;
  return to_string(*time);
}

}  // namespace

bool is_idempotency_key(std::string_view text) {
  return !text.empty() && text.size() <= limits::idempotency_key_length_max &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

std::optional<store::IdempotencyClaim> claim_of(const Context& context,
                                                const std::optional<Idempotency>& idempotency) {
  if (!idempotency) return std::nullopt;
  return store::IdempotencyClaim{
      .key = store::idempotency_key_id(context.principal->user_id, idempotency->route, idempotency->key),
      .body_hash = idempotency->body_hash};
}

crypto::Sha256 content_hash(const NewEvent& event) {
  std::string text;
  for (const auto* field : {&event.name, &event.version, &event.release, &event.platform_id, &event.package,
                            &event.description}) {
    append_part(text, std::string_view(*field));
  }
  append_part(text, std::string_view(json::canonical(event.payload)));
  text += event.success ? '1' : '0';
  append_optional_part(text, text_of(event.event_start));
  append_optional_part(text, text_of(event.event_end));
  append_optional_part(text, event.receiver_id ? std::optional(to_string(*event.receiver_id)) : std::nullopt);
  append_optional_part(text, event.receiver);
  return crypto::sha256(text);
}

std::string encode_change(const ChangeAnswer& answer) {
  return fmt::format(R"({{"id":"{}","change":"{}"}})", to_string(answer.id),
                     answer.change == Change::created ? "created" : "unchanged");
}

std::optional<ChangeAnswer> decode_change(std::string_view text) {
  const auto value = json::parse(text);
  if (!value || !value->is_object()) return std::nullopt;
  const auto* id = value->get_object().if_contains("id");
  const auto* change = value->get_object().if_contains("change");
  if (id == nullptr || change == nullptr || !id->is_string() || !change->is_string()) return std::nullopt;
  const auto ulid = parse_ulid(json::view(id->get_string()));
  if (!ulid) return std::nullopt;
  const bool was_created = json::view(change->get_string()) == "created";
  return ChangeAnswer{.id = *ulid, .change = was_created ? Change::created : Change::unchanged};
}

std::vector<domain::Appended> replayed_answers(std::string_view text) {
  auto answers = domain::decode_answer(text);
  if (!answers || answers->empty()) throw Fault(Fault::Kind::corrupt, "a stored answer cannot be read");
  for (auto& answer : *answers) answer.is_replayed = true;
  return *std::move(answers);
}

}  // namespace xzepr::service
