// The stored form of answers: [{"id","position","gates":[{"id","name","state"}]}].
#include "domain/gate.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::domain {
namespace {

json::Value encode(const Appended& answer) {
  json::Array gates;
  for (const auto& gate : answer.gates) {
    gates.push_back(
        json::Object{{"id", to_string(gate.id)}, {"name", gate.name}, {"state", to_string(gate.state)}});
  }
  return json::Object{
      {"id", to_string(answer.id)}, {"position", answer.position}, {"gates", std::move(gates)}};
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
  json::Array list;
  for (const auto& answer : answers) list.push_back(encode(answer));
  return json::write(list);
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
