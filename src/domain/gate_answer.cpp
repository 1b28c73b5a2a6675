// The stored form of answers: [{"id","position","gates":[{"id","name","state"}]}].
#include <iterator>

#include <fmt/format.h>

#include "domain/gate.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::domain {
namespace {

// By hand: a batch writes one for each of its items.
void append_answer(std::string& out, const Appended& answer) {
  fmt::format_to(std::back_inserter(out), R"({{"id":"{}","position":{},"gates":[)", to_string(answer.id),
                 answer.position);
  for (std::size_t i = 0; i < answer.gates.size(); ++i) {
    const auto& gate = answer.gates[i];
    fmt::format_to(std::back_inserter(out), R"({}{{"id":"{}","name":)", i == 0 ? "" : ",",
                   to_string(gate.id));
    json::append_string(out, gate.name);
    fmt::format_to(std::back_inserter(out), R"(,"state":"{}"}})", to_string(gate.state));
  }
  out += "]}";
}

std::string_view text_of(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

std::optional<GateAnswer> decode_gate(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  const auto& object = value.get_object();
  const auto id = parse_id<GroupId>(text_of(object, "id"));
  const auto state = parse_gate_state(text_of(object, "state"));
  if (!id || !state) return std::nullopt;
  return GateAnswer{.id = *id, .name = std::string(text_of(object, "name")), .state = *state};
}

std::optional<Appended> decode(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  const auto& object = value.get_object();
  const auto id = parse_id<EventId>(text_of(object, "id"));
  const auto* position = object.if_contains("position");
  const auto* gates = object.if_contains("gates");
  if (!id || position == nullptr || !position->is_int64() || gates == nullptr || !gates->is_array())
    return std::nullopt;
  Appended answer{.id = *id, .position = position->get_int64(), .gates = {}, .is_replayed = true};
  for (const auto& gate : gates->get_array()) {
    auto decoded = decode_gate(gate);
    if (!decoded) return std::nullopt;
    answer.gates.push_back(*std::move(decoded));
  }
  return answer;
}

}  // namespace

std::string encode_answer(std::span<const Appended> answers) {
  std::string out = "[";
  for (const auto& answer : answers) {
    if (out.size() > 1) out += ',';
    append_answer(out, answer);
  }
  out += ']';
  return out;
}

std::optional<std::vector<Appended>> decode_answer(std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->is_array()) return std::nullopt;
  std::vector<Appended> answers;
  for (const auto& value : parsed->get_array()) {
    auto answer = decode(value);
    if (!answer) return std::nullopt;
    answers.push_back(*std::move(answer));
  }
  return answers;
}

}  // namespace xzepr::domain
