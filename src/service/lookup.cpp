#include "service/lookup.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/object_reader.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {

const domain::Receiver* find_receiver(const domain::Catalogue& catalogue, std::string_view reference) {
  if (const auto id = parse_id<ReceiverId>(reference)) {
    if (const auto* receiver = catalogue.find_receiver(*id)) return receiver;
  }
  return catalogue.find_receiver(reference);
}

const domain::Group* find_group(const domain::Catalogue& catalogue, std::string_view reference) {
  if (const auto id = parse_id<GroupId>(reference)) {
    if (const auto* group = catalogue.find_group(*id)) return group;
  }
  return catalogue.find_group(reference);
}

Result<const domain::Receiver*> visible_receiver(const identity::Principal& principal,
                                                 const domain::Catalogue& catalogue,
                                                 std::string_view reference) {
  const auto* receiver = find_receiver(catalogue, reference);
  if (receiver == nullptr || !identity::may_see(principal, *receiver, catalogue)) {
    return std::unexpected(receiver_unknown(reference));
  }
  return receiver;
}

Result<const domain::Group*> visible_group(const identity::Principal& principal,
                                           const domain::Catalogue& catalogue, std::string_view reference) {
  const auto* group = find_group(catalogue, reference);
  if (group == nullptr || !identity::may_see(principal, *group))
    return std::unexpected(group_unknown(reference));
  return group;
}

std::vector<ReceiverId> matching_receivers(const domain::Catalogue& catalogue, std::string_view reference) {
  std::vector<ReceiverId> out;
  const auto id = parse_id<ReceiverId>(reference);
  for (const auto& receiver : catalogue.receivers()) {
    const bool is_match = (id && receiver.id == *id) || receiver.name == reference ||
                          fmt::format("{}@{}", receiver.name, receiver.version) == reference;
    if (is_match) out.push_back(receiver.id);
  }
  return out;
}

namespace {

void clean(std::optional<std::string>& value, std::string_view field, const TextRule& rule,
           std::vector<Violation>& faults) {
  if (!value) return;
  auto cleaned = clean_text(*value, rule);
  if (cleaned) {
    value = *std::move(cleaned);
    return;
  }
  cleaned.error().pointer = fmt::format("/{}", field);
  faults.push_back(std::move(cleaned).error());
}

}  // namespace

void clean_filter(std::optional<std::string>& value, std::string_view field, std::size_t length_max,
                  std::vector<Violation>& faults) {
  clean(value, field, {.length_min = 1, .length_max = length_max}, faults);
}

void clean_search(std::optional<std::string>& value, std::vector<Violation>& faults) {
  clean(value, "q", {.length_min = 0, .length_max = limits::search_text_length_max}, faults);
}

Result<domain::ArtifactPattern> clean_pattern(domain::ArtifactPattern pattern) {
  std::vector<Violation> faults;
  clean_filter(pattern.name, "name", limits::name_length_max, faults);
  clean_filter(pattern.version, "version", limits::version_length_max, faults);
  clean_filter(pattern.release, "release", limits::version_length_max, faults);
  clean_filter(pattern.platform_id, "platform_id", limits::name_length_max, faults);
  clean_filter(pattern.package, "package", limits::name_length_max, faults);
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  return pattern;
}

std::optional<domain::Artifact> artifact_of(const domain::ArtifactPattern& pattern) {
  if (!pattern.name || !pattern.version || !pattern.release || !pattern.platform_id || !pattern.package) {
    return std::nullopt;
  }
  return domain::Artifact{.name = *pattern.name,
                          .version = *pattern.version,
                          .release = *pattern.release,
                          .platform_id = *pattern.platform_id,
                          .package = *pattern.package};
}

}  // namespace xzepr::service
