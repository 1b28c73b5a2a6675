// Stored answers: what is read, from whatever text, is written as a text that reads as the same answers.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "domain/gate.hpp"

namespace {

using xzepr::domain::Appended;
using xzepr::domain::decode_answer;
using xzepr::domain::encode_answer;
using xzepr::domain::GateState;

constexpr std::size_t gates_max = 20;

void check_text(std::string_view text) {
  const auto answers = decode_answer(text);
  if (!answers) return;
  XZEPR_ASSERT(std::ranges::all_of(*answers, &Appended::is_replayed));
  const std::string written = encode_answer(*answers);
  XZEPR_ASSERT(decode_answer(written) == answers);
  XZEPR_ASSERT(encode_answer(*decode_answer(written)) == written);
}

template <class IdType>
IdType id_of(std::string_view bytes) {
  IdType id;
  std::ranges::copy(bytes.substr(0, id.value.bytes.size()), id.value.bytes.begin());
  return id;
}

std::int64_t position_of(std::string_view bytes) {
  std::uint64_t position = 0;
  for (const char c : bytes.substr(0, 8)) position = position << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(position);
}

// One answer per line of the input, its gates separated by '|', everything as wild as names may be.
std::vector<Appended> answers_of(std::string_view text) {
  std::vector<Appended> answers;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    Appended answer{
        .id = id_of<xzepr::EventId>(line), .position = position_of(line), .gates = {}, .is_replayed = true};
    while (!line.empty() && answer.gates.size() < gates_max) {
      const auto name = line.substr(0, line.find('|'));
      line.remove_prefix(std::min(line.size(), name.size() + 1));
      if (!xzepr::is_valid_utf8(name) || name.find('\0') != std::string_view::npos) continue;
      const auto state = static_cast<GateState>(1 + name.size() % 4);
      answer.gates.push_back({.id = id_of<xzepr::GroupId>(name), .name = std::string(name), .state = state});
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_text(text);
  const auto answers = answers_of(text);
  XZEPR_ASSERT(decode_answer(encode_answer(answers)) == answers);
  return 0;
}
