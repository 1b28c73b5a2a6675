// From a schema to its program. Private to this module.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "json/value.hpp"
#include "jsonschema/faults.hpp"
#include "jsonschema/options.hpp"
#include "jsonschema/program.hpp"
#include "jsonschema/resources.hpp"

namespace xzepr::jsonschema {

class Compiler {
 public:
  Compiler(const json::Value& root, const Options& options);
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;

  /// The program, or every fault found (at most limits::schema_violations_max).
  [[nodiscard]] std::expected<Code, std::vector<Violation>> run();

  // What the table of keywords calls, each for one keyword of the schema at work.
  void fault(std::string_view keyword, std::string message);
  void emit(Instruction instruction);
  /// The node of a schema that stands in the one at work; compiled later.
  Index node_of(const json::Value& schema);
  /// The node that a reference names, or none after a fault.
  Index node_at(std::string_view keyword, std::string_view reference);
  /// False when `reference` is not by a $dynamicAnchor.
  bool emit_dynamic_reference(std::string_view reference);
  /// Equal patterns are compiled once; none after a fault.
  Index pattern(std::string_view keyword, std::string_view text);
  /// Another keyword of the schema at work, or null.
  [[nodiscard]] const json::Value* sibling(std::string_view name) const;
  [[nodiscard]] const Dialect& dialect() const;
  [[nodiscard]] bool asserts_formats() const;
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] Code& code() { return code_; }

  /// properties, patternProperties and additionalProperties become one instruction, and so do prefixItems and
  /// items.
  Members& members();
  Elements& elements();
  std::vector<Dependency>& dependencies();

 private:
  struct Pending {
    Index node;
    const json::Value* schema;
  };

  bool is_within_bounds();
  void compile_pending();
  void compile(const Pending& pending);
  void compile_keywords(const json::Object& schema);
  void emit_gathered();
  void finish_node(Index node);
  /// Gives each dynamic reference all that it may lead to. False when that made new nodes.
  bool complete_dynamic_references();

  const json::Value& root_;
  const Options& options_;
  Code code_;
  Faults faults_;
  Resources resources_;
  std::vector<Pending> pending_;
  std::unordered_map<const json::Value*, Index> node_of_;
  std::unordered_map<std::string, Index> pattern_of_;
  std::unordered_map<std::string, Index> dynamic_anchor_of_;
  std::size_t pattern_instructions_ = 0;

  // The schema at work.
  const json::Object* object_ = nullptr;
  Site site_;
  std::vector<Instruction> instructions_;
  Index members_ = none;
  Index elements_ = none;
  Index dependencies_ = none;
};

}  // namespace xzepr::jsonschema
