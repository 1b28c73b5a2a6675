#include "domain/journal_entry.hpp"

#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::domain {

std::optional<Revision> parse_revision(std::string body) {
  constexpr std::size_t depth_max = 1'000;  // what was stored is not judged again
  auto value = json::parse(body, {.depth_max = depth_max, .big_integers = json::BigIntegers::read_as_double});
  auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  const auto* type = object->if_contains("type");
  if (type == nullptr || !type->is_string()) return std::nullopt;
  Revision revision{
      .type = std::string(json::view(type->get_string())), .body = std::move(body), .brief = {}};
  const bool has_schema = object->contains("schema");
  if (has_schema) object->stable_erase("schema");
  revision.brief = has_schema ? json::write(*value) : revision.body;
  return revision;
}

std::size_t text_bytes(const JournalEntry& entry) {
  std::size_t bytes = 0;
  for (const auto& event : entry.events) bytes += event.payload.size() + event.description.size();
  return bytes;
}

}  // namespace xzepr::domain
