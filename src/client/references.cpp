#include "client/references.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "client/pages.hpp"
#include "domain/artifact.hpp"

namespace xzepr::client {

namespace {

constexpr std::size_t matches_shown_max = 10;

bool fits_a_path(std::string_view reference) {
  return reference.find_first_of("/\\") == reference.npos && reference != "." && reference != "..";
}

// No name holds one, and a path with one is refused before anybody looks.
bool has_control(std::string_view reference) {
  return std::ranges::any_of(reference,
                             [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::expected<std::vector<json::Value>, Failure> matches_of(Api& api, const ListCall& call) {
  std::vector<json::Value> matches;
  const auto listed = for_each_item(api, call, [&](const json::Value& item) { matches.push_back(item); });
  if (!listed) return std::unexpected(listed.error());
  return matches;
}

Failure unknown(std::string_view what, const std::string& reference) {
  return {.status = 404,
          .code = fmt::format("{}_unknown", what),
          .detail = fmt::format("there is no {} {} that you may see", what, reference),
          .hint = fmt::format("list them: xzepr {} list", what),
          .where = reference};
}

template <class Describe>
std::expected<std::string, Failure> only_match(std::string_view what, const std::string& reference,
                                               const std::vector<json::Value>& matches, Describe describe) {
  if (matches.empty()) return std::unexpected(unknown(what, reference));
  if (matches.size() == 1) return text_of(matches.front(), "id");
  Failure failure{.status = 409,
                  .code = fmt::format("{}_ambiguous", what),
                  .detail = fmt::format("{} names more than one {}", reference, what),
                  .hint = "name one of them",
                  .where = reference};
  for (const auto& match : matches)
    failure.violations.push_back({.pointer = describe(match), .keyword = "match", .message = ""});
  return std::unexpected(std::move(failure));
}

domain::Artifact artifact_of(const json::Value& item) {
  return {.name = text_of(item, "name"),
          .version = text_of(item, "version"),
          .release = text_of(item, "release"),
          .platform_id = text_of(item, "platform_id"),
          .package = text_of(item, "package")};
}

}  // namespace

std::expected<std::string, Failure> resolve(Api& api, std::string_view noun, const std::string& reference) {
  const std::string_view what = noun.substr(0, noun.size() - 1);
  if (has_control(reference)) return std::unexpected(unknown(what, reference));
  if (fits_a_path(reference)) return reference;
  const auto at = reference.rfind('@');
  ListCall call{
      .path = path_of(noun), .query = {{"name", reference.substr(0, at)}}, .limit = matches_shown_max};
  if (at != reference.npos) call.query.emplace_back("version", reference.substr(at + 1));
  const auto matches = matches_of(api, call);
  if (!matches) return std::unexpected(matches.error());
  return only_match(what, reference, *matches, [](const json::Value& item) {
    return fmt::format("{} {}@{}", text_of(item, "id"), text_of(item, "name"), text_of(item, "version"));
  });
}

std::expected<std::string, Failure> resolve_artifact(Api& api, const std::string& text) {
  const auto pattern = domain::parse_artifact_pattern(text);
  if (!pattern) {
    Failure failure = failure_of(pattern.error());
    failure.where = text;
    return std::unexpected(std::move(failure));
  }
  if (const auto id = pattern->exact()) return domain::to_string(*id);
  ListCall call{.path = path_of("artifacts"), .limit = matches_shown_max};
  const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value) call.query.emplace_back(name, *value);
  };
  add("name", pattern->name);
  add("version", pattern->version);
  add("release", pattern->release);
  add("platform_id", pattern->platform_id);
  add("package", pattern->package);
  const auto matches = matches_of(api, call);
  if (!matches) return std::unexpected(matches.error());
  return only_match("artifact", text, *matches,
                    [](const json::Value& item) { return domain::to_text(artifact_of(item)); });
}

}  // namespace xzepr::client
