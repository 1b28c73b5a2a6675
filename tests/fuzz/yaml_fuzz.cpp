// YAML text as `apply` reads it. Whatever it says ends in documents within the limits or in a fault with its
// line; what JSON can say of it is written back as YAML and read again as the same value.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "json/write.hpp"
#include "yaml/tree.hpp"
#include "yaml/value.hpp"
#include "yaml/write.hpp"

namespace {

using xzepr::json::Value;
using xzepr::yaml::Aliases;
using xzepr::yaml::Limits;
using xzepr::yaml::Node;

constexpr Limits limits = {.bytes_max = 65'536,
                           .depth_max = 34,
                           .nodes_max = 20'000,
                           .documents_max = 10,
                           .aliases = Aliases::copied};
// What is written may be deeper by the list that it stands in, and larger by its quotes.
constexpr Limits limits_again = {.bytes_max = 8 * 1'048'576, .depth_max = 36, .nodes_max = 20'000};

struct Measure {
  std::size_t nodes = 0;
  std::size_t depth = 0;
};

void measure(const Node& node, std::size_t depth, int lines, Measure& out) {
  ++out.nodes;
  out.depth = std::max(out.depth, depth);
  XZEPR_ASSERT(node.line >= 1 && node.line <= lines);
  for (const auto& item : node.items) measure(item, depth + 1, lines, out);
  for (const auto& [key, member] : node.members) measure(member, depth + 1, lines, out);
}

void check_written(const Value& value) {
  const auto text = xzepr::yaml::to_yaml(value);
  const auto again = xzepr::yaml::parse_documents(text, limits_again);
  XZEPR_ASSERT(again && again->size() == 1);
  const auto same = xzepr::yaml::to_json(again->front());
  XZEPR_ASSERT(same && xzepr::json::canonical(*same) == xzepr::json::canonical(value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<int>(std::ranges::count(text, '\n') + std::ranges::count(text, '\r')) + 2;
  const auto documents = xzepr::yaml::parse_documents(text, limits);
  if (!documents) {
    XZEPR_ASSERT(documents.error().line <= lines && !documents.error().message.empty());
    return 0;
  }
  XZEPR_ASSERT(documents->size() <= limits.documents_max);
  Measure all;
  for (const auto& document : *documents) {
    measure(document, 0, lines, all);
    const auto value = xzepr::yaml::to_json(document);
    if (value) check_written(*value);
    if (!value) XZEPR_ASSERT(value.error().line >= 1 && !value.error().message.empty());
    static_cast<void>(xzepr::yaml::nearest(document, text.substr(0, 64)));
  }
  XZEPR_ASSERT(all.nodes <= limits.nodes_max + limits.documents_max && all.depth <= limits.depth_max);
  return 0;
}
