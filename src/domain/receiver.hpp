// An event receiver: which events exist and what their payload must look like.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "domain/subject.hpp"

namespace xzepr::domain {

/// Format demanded of an event's own field: "semver", "uri", "email", "uuid" or "regex:RE2".
using FieldFormats = std::map<std::string, std::string>;

struct Receiver {
  ReceiverId id;
  std::string name;
  std::string type;  ///< dotted, like dev.cdevents.build.finished
  std::string version;
  std::string description;
  std::string schema;  ///< JSON text
  FieldFormats field_formats;
  std::string fingerprint;  ///< hex SHA-256 over the canonical JSON of name, type, version, description,
                            ///< schema, field_formats
  bool enabled = true;
  Subject owner;
  std::int64_t resource_version = 1;
  TimePoint created_at;
  TimePoint updated_at;

  friend bool operator==(const Receiver&, const Receiver&) = default;
};

[[nodiscard]] std::string fingerprint_of(const Receiver& receiver);

}  // namespace xzepr::domain
