// JSON Schema, compiled once to a flat program and run many times (2020-12 and draft-07).
// Immutable after compile: any thread may validate at once.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "json/value.hpp"

namespace xzepr::jsonschema {

class Schema {
 public:
  /// Errc::invalid, code "schema_invalid", one violation per fault with its pointer into the schema: a
  /// keyword of the wrong shape, a keyword not supported yet (named), a pattern that RE2 cannot match in
  /// linear time, a reference that leaves the document, does not resolve, or leads back to itself without
  /// consuming input, a schema beyond the bounds below (keyword "size"). Unknown keywords are annotations.
  [[nodiscard]] static Result<std::shared_ptr<const Schema>> compile(const json::Value& schema);

  /// Every violation, in document order; empty when the value is valid. Pointers start with `base`
  /// ("/payload"); a missing member is pointed to as if it were there. `schema` names the keyword's place,
  /// "#/properties/a/type". At most `violations_max` are kept. A value that would take too much work, which
  /// no sensible schema makes it, has the one violation "budget".
  [[nodiscard]] std::vector<Violation> validate(const json::Value& value, std::string_view base = {}) const;

  static constexpr std::size_t violations_max = 100;
  static constexpr std::size_t schema_bytes_max = 256 * 1'024;
  static constexpr std::size_t schema_values_max = 10'000;  ///< JSON values in the schema, all counted

  ~Schema();

 private:
  struct Program;
  std::unique_ptr<const Program> program_;

 public:
  /// For compile(): nobody else can name a Program.
  explicit Schema(std::unique_ptr<const Program> program);
};

}  // namespace xzepr::jsonschema
