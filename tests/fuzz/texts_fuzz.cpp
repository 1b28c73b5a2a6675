// The small texts that people and machines write: ULIDs, times, API keys, subjects, artifacts, names. What is
// read prints as one text, which reads as the same value.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "base/ulid.hpp"
#include "domain/artifact.hpp"
#include "domain/subject.hpp"
#include "identity/api_key.hpp"

namespace {

using xzepr::Ulid;
using xzepr::domain::Artifact;
using xzepr::domain::ArtifactPattern;

void check_ulid(const Ulid& ulid) {
  const std::string text = to_string(ulid);
  const std::string uuid = to_uuid_string(ulid);
  XZEPR_ASSERT(text.size() == 26 && uuid.size() == 36);
  XZEPR_ASSERT(xzepr::parse_ulid(text) == ulid && xzepr::parse_ulid(uuid) == ulid);
}

// Order as bytes is order as text: keysets and indexes rely on it.
void check_ulid_order(std::string_view bytes) {
  std::array<Ulid, 2> pair;
  if (bytes.size() < 32) return;
  std::ranges::copy(bytes.substr(0, 16), pair[0].bytes.begin());
  std::ranges::copy(bytes.substr(16, 16), pair[1].bytes.begin());
  check_ulid(pair[0]);
  XZEPR_ASSERT((pair[0] <=> pair[1]) == (to_string(pair[0]) <=> to_string(pair[1])));
  XZEPR_ASSERT((pair[0] <=> pair[1]) == (to_uuid_string(pair[0]) <=> to_uuid_string(pair[1])));
}

void check_time(std::string_view text) {
  const auto time = xzepr::parse_time(text);
  if (!time) return;
  const std::string printed = xzepr::to_string(*time);
  XZEPR_ASSERT(printed.size() == 27);
  XZEPR_ASSERT(xzepr::parse_time(printed) == time);
}

void check_api_key(std::string_view text) {
  const auto hash = xzepr::identity::parse_api_key(text);
  const std::string prefix = xzepr::identity::api_key_prefix(text);
  XZEPR_ASSERT(prefix.size() <= 12 && text.starts_with(prefix));
  if (!hash) return;
  XZEPR_ASSERT(text.starts_with("xzepr_") && text.size() == 42);
  XZEPR_ASSERT(*hash == xzepr::crypto::sha256(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string wrong(text);
    wrong[i] = wrong[i] == 'z' ? 'y' : 'z';
    XZEPR_ASSERT(!xzepr::identity::parse_api_key(wrong));
  }
}

void check_subject(std::string_view text) {
  const auto subject = xzepr::domain::parse_subject(text);
  if (!subject) return;
  XZEPR_ASSERT(xzepr::domain::parse_subject(subject->text) == subject);
  const auto user = xzepr::parse_id<xzepr::UserId>(text);
  XZEPR_ASSERT(text.starts_with("role:") ? subject->text == text
                                         : user && *subject == xzepr::domain::subject_of(*user));
}

void check_artifact(const Artifact& artifact) {
  const auto pattern = xzepr::domain::parse_artifact_pattern(to_text(artifact));
  XZEPR_ASSERT(pattern && pattern->exact() == artifact_id(artifact));
  XZEPR_ASSERT(pattern->name == artifact.name && pattern->package == artifact.package);
}

void check_artifact_pattern(std::string_view text) {
  const auto pattern = xzepr::domain::parse_artifact_pattern(text);
  if (!pattern) {
    XZEPR_ASSERT(pattern.error().code == "artifact_invalid");
    return;
  }
  if (pattern->id) {
    const std::string printed = to_string(*pattern->id);
    XZEPR_ASSERT(xzepr::domain::parse_artifact_id(printed) == pattern->id && pattern->exact() == pattern->id);
    return;
  }
  XZEPR_ASSERT(pattern->name && !pattern->name->empty());
  // What was left out becomes a field that no text can hold by chance.
  const auto field = [](const std::optional<std::string>& given) { return given.value_or("%/+@"); };
  check_artifact({field(pattern->name), field(pattern->version), field(pattern->release),
                  field(pattern->platform_id), field(pattern->package)});
}

void check_clean_text(std::string_view text) {
  const xzepr::TextRule rule{.length_min = 1, .length_max = 40};
  const auto cleaned = xzepr::clean_text(text, rule);
  if (!cleaned) {
    XZEPR_ASSERT(!cleaned.error().keyword.empty() && !cleaned.error().message.empty());
    return;
  }
  XZEPR_ASSERT(!cleaned->empty() && xzepr::is_valid_utf8(*cleaned));
  XZEPR_ASSERT(cleaned->find('\0') == std::string::npos && cleaned->size() <= 4 * rule.length_max);
  const auto again = xzepr::clean_text(*cleaned, rule);
  XZEPR_ASSERT(again && *again == *cleaned);
  check_artifact({*cleaned, "1", *cleaned, "amd64", *cleaned});
}

void check_search_words(std::string_view text) {
  for (const std::string& word : xzepr::search_words(text)) {
    XZEPR_ASSERT(!word.empty() && xzepr::is_valid_utf8(word));
    XZEPR_ASSERT(std::ranges::none_of(word, [](char c) { return c >= 'A' && c <= 'Z'; }));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto ulid = xzepr::parse_ulid(text)) check_ulid(*ulid);
  check_ulid_order(text);
  check_time(text);
  check_api_key(text);
  check_subject(text);
  check_artifact_pattern(text);
  check_clean_text(text);
  check_search_words(text);
  return 0;
}
