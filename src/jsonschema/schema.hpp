// JSON Schema, compiled once to a flat program and run many times (2020-12 and draft-07).
// Immutable after compile: any thread may validate at once.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "json/value.hpp"
#include "jsonschema/options.hpp"

namespace xzepr::jsonschema {

class Schema {
 public:
  /// Errc::invalid, code "schema_invalid", one violation per fault with its pointer into the schema: a
  /// keyword of the wrong shape, a pattern that RE2 cannot match in linear time, a reference that leads out
  /// of the schema and is no meta-schema, that leads to nothing, or back to itself without consuming input, a
  /// schema beyond the bounds of limits.hpp (keyword "size"). Unknown keywords are annotations.
  [[nodiscard]] static Result<std::shared_ptr<const Schema>> compile(const json::Value& schema,
                                                                     const Options& options = {});

  /// Every violation, in document order; empty when the value is valid. Pointers start with `base`
  /// ("/payload"); a missing member is pointed to as if it were there. `schema` names the keyword's place,
  /// "#/properties/a/type". Of more than limits::schema_violations_max the last says so (keyword "more"). A
  /// value that would take too much work, which no sensible schema makes it, has the one violation "budget".
  [[nodiscard]] std::vector<Violation> validate(const json::Value& value, std::string_view base = {}) const;

  ~Schema();

 private:
  struct Program;
  std::unique_ptr<const Program> program_;

 public:
  /// For compile(): nobody else can name a Program.
  explicit Schema(std::unique_ptr<const Program> program);
};

}  // namespace xzepr::jsonschema
