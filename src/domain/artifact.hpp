// An artifact is its NVRPP: name, version, release, platform, package. Values only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ulid.hpp"

namespace xzepr::domain {

struct Artifact {
  std::string name;
  std::string version;
  std::string release;
  std::string platform_id;
  std::string package;

  friend bool operator==(const Artifact&, const Artifact&) = default;
};

/// The first 128 bits of SHA-256 over the five fields, each preceded by its length in bytes (32 bit, big
/// endian).
struct ArtifactId {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const ArtifactId&, const ArtifactId&) = default;
};

[[nodiscard]] ArtifactId artifact_id(const Artifact& artifact);
/// 32 lower-case hex digits.
[[nodiscard]] std::string to_string(const ArtifactId& id);
[[nodiscard]] std::optional<ArtifactId> parse_artifact_id(std::string_view text);

/// What a person writes to name an artifact: name@version[+release][/platform_id][/package], or the
/// artifact's id. Left-out fields match any value.
struct ArtifactPattern {
  std::optional<ArtifactId> id;
  std::optional<std::string> name;
  std::optional<std::string> version;
  std::optional<std::string> release;
  std::optional<std::string> platform_id;
  std::optional<std::string> package;

  /// Set when the pattern names exactly one artifact: an id, or all five fields.
  [[nodiscard]] std::optional<ArtifactId> exact() const;
};

/// `@ + / %` inside a field are percent-encoded. Errc::invalid, code "artifact_invalid".
[[nodiscard]] Result<ArtifactPattern> parse_artifact_pattern(std::string_view text);
[[nodiscard]] std::string to_text(const Artifact& artifact);

}  // namespace xzepr::domain

template <>
struct std::hash<xzepr::domain::ArtifactId> {
  std::size_t operator()(const xzepr::domain::ArtifactId& id) const noexcept {
    return xzepr::hash_bytes(id.bytes);
  }
};
