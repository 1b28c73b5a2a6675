// Formats that a receiver demands of an event's own fields: semver, regex:RE2, or uri, email,
// uuid as JSON Schema means them. Compiled
// once with the receiver; immutable, any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/artifact.hpp"
#include "domain/receiver.hpp"

namespace xzepr::service {

/// Semantic Versioning 2.0.0, the whole grammar.
[[nodiscard]] bool is_semver(std::string_view text);

class FieldFormatChecks {
 public:
  /// The faults of the formats themselves, with pointers below /field_formats: a field that an event does not
  /// have, an unknown format, a pattern that RE2 cannot match. Adds them to `faults`; null when there were
  /// any.
  [[nodiscard]] static std::shared_ptr<const FieldFormatChecks> compile(const domain::FieldFormats& formats,
                                                                        std::vector<Violation>& faults);

  /// Adds a violation of "format" per field that does not have its format. A pattern must match the whole
  /// field.
  void check(const domain::Artifact& artifact, std::string_view description,
             std::vector<Violation>& faults) const;

  ~FieldFormatChecks();

 private:
  struct Check;
  FieldFormatChecks();
  std::vector<Check> checks_;
};

}  // namespace xzepr::service
