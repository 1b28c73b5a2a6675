#include "service/field_formats.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "json/pointer.hpp"
#include "jsonschema/format.hpp"
#include "jsonschema/pattern.hpp"

namespace xzepr::service {
namespace {

using domain::Artifact;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_number_without_leading_zero(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit) && (text.size() == 1 || text.front() != '0');
}

bool is_build_identifier(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-'; });
}

bool is_prerelease_identifier(std::string_view text) {
  return is_build_identifier(text) &&
         (!std::ranges::all_of(text, is_digit) || is_number_without_leading_zero(text));
}

struct NamedFormat {
  std::string_view name;
  bool (*matches)(std::string_view);
};
constexpr std::array<NamedFormat, 4> named_formats{{{"semver", is_semver},
                                                    {"uri", jsonschema::is_uri},
                                                    {"email", jsonschema::is_email},
                                                    {"uuid", jsonschema::is_uuid}}};

struct EventField {
  std::string_view name;
  std::string Artifact::* member;  // null: the description
};
constexpr std::array<EventField, 6> event_fields{{{"name", &Artifact::name},
                                                  {"version", &Artifact::version},
                                                  {"release", &Artifact::release},
                                                  {"platform_id", &Artifact::platform_id},
                                                  {"package", &Artifact::package},
                                                  {"description", nullptr}}};
constexpr std::string_view regex_prefix = "regex:";

}  // namespace

struct FieldFormatChecks::Check {
  EventField field;
  std::string format;
  bool (*named)(std::string_view) = nullptr;
  std::optional<jsonschema::Pattern> pattern = std::nullopt;
};

namespace {

// The pattern alone first: "a)|(b" must not become valid by what is put around it.
std::expected<jsonschema::Pattern, std::string> compile_whole(std::string_view text) {
  auto alone = jsonschema::Pattern::compile(text);
  if (!alone) return alone;
  return jsonschema::Pattern::compile(fmt::format("^(?:{})$", text));
}

}  // namespace

bool is_semver(std::string_view text) {
  const auto build_at = text.find('+');
  if (build_at != std::string_view::npos) {
    if (!std::ranges::all_of(split(text.substr(build_at + 1), '.'), is_build_identifier)) return false;
    text = text.substr(0, build_at);
  }
  const auto prerelease_at = text.find('-');
  if (prerelease_at != std::string_view::npos) {
    if (!std::ranges::all_of(split(text.substr(prerelease_at + 1), '.'), is_prerelease_identifier))
      return false;
    text = text.substr(0, prerelease_at);
  }
  const auto core = split(text, '.');
  return core.size() == 3 && std::ranges::all_of(core, is_number_without_leading_zero);
}

FieldFormatChecks::FieldFormatChecks() = default;
FieldFormatChecks::~FieldFormatChecks() = default;

std::shared_ptr<const FieldFormatChecks> FieldFormatChecks::compile(const domain::FieldFormats& formats,
                                                                    std::vector<Violation>& faults) {
  struct Access final : FieldFormatChecks {};
  auto out = std::make_shared<Access>();
  const auto faults_before = faults.size();
  for (const auto& [name, format] : formats) {
    std::string pointer = "/field_formats";
    json::append_token(pointer, name);
    const auto* field = std::ranges::find(event_fields, std::string_view(name), &EventField::name);
    if (field == event_fields.end()) {
      faults.push_back({.pointer = pointer,
                        .keyword = "unknown",
                        .message = "must be name, version, release, platform_id, package or description"});
      continue;
    }
    Check check{.field = *field, .format = format};
    const auto* known = std::ranges::find(named_formats, std::string_view(format), &NamedFormat::name);
    if (known != named_formats.end()) {
      check.named = known->matches;
    } else if (format.starts_with(regex_prefix)) {
      auto pattern = compile_whole(std::string_view(format).substr(regex_prefix.size()));
      if (!pattern) {
        faults.push_back({.pointer = pointer, .keyword = "pattern", .message = std::move(pattern).error()});
        continue;
      }
      check.pattern = *std::move(pattern);
    } else {
      faults.push_back({.pointer = pointer,
                        .keyword = "enum",
                        .message = "must be semver, uri, email, uuid or regex:PATTERN"});
      continue;
    }
    out->checks_.push_back(std::move(check));
  }
  if (faults.size() != faults_before) return nullptr;
  return out;
}

void FieldFormatChecks::check(const domain::Artifact& artifact, std::string_view description,
                              std::vector<Violation>& faults) const {
  for (const auto& check : checks_) {
    const std::string_view value = check.field.member == nullptr ? description : artifact.*check.field.member;
    const bool is_match = check.named != nullptr ? check.named(value) : check.pattern->matches(value);
    if (is_match) continue;
    faults.push_back({.pointer = fmt::format("/{}", check.field.name),
                      .keyword = "format",
                      .message = fmt::format("must have the format {}", check.format)});
  }
}

}  // namespace xzepr::service
