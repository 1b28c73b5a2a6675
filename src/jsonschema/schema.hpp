// JSON Schema, compiled once to a flat program and run many times (2020-12 and draft-07).
// Immutable after compile: any thread may validate at once.
#pragma once

#include <memory>
#include <vector>

#include "base/error.hpp"
#include "json/value.hpp"

namespace xzepr::jsonschema {

class Schema {
 public:
  /// Errc::invalid, code "schema_invalid", one violation per fault with its pointer into the schema: a keyword
  /// of the wrong shape, a keyword not supported yet (named), a pattern that RE2 cannot match in linear time, a
  /// reference that leaves the document or does not resolve. Unknown keywords are annotations.
  [[nodiscard]] static Result<std::shared_ptr<const Schema>> compile(const json::Value& schema);

  /// Every violation, in document order; empty when the value is valid. Pointers start with `base`
  /// ("/payload"); `schema` names the keyword's place, "#/properties/a/type". At most `violations_max` are kept.
  [[nodiscard]] std::vector<Violation> validate(const json::Value& value, std::string_view base = {}) const;

  static constexpr std::size_t violations_max = 100;

  ~Schema();

 private:
  struct Program;
  explicit Schema(std::unique_ptr<const Program> program);
  std::unique_ptr<const Program> program_;
};

}  // namespace xzepr::jsonschema
