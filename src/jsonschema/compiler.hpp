// From a schema to its program. Private to this module.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "json/value.hpp"
#include "jsonschema/program.hpp"

namespace xzepr::jsonschema {

enum class Dialect : std::uint8_t { draft_2020_12, draft_07 };

class Compiler {
 public:
  explicit Compiler(const json::Value& root);

  /// The program, or every fault found (at most Schema::violations_max).
  [[nodiscard]] std::expected<Code, std::vector<Violation>> run();

  // What the table of keywords calls, each for one keyword of the node at work.
  void fault(std::string_view keyword, std::string message);
  void emit(Instruction instruction);
  /// The node for a schema that stands at `token` ("/items") below the node at work; compiled later.
  Index node_below(const json::Value& schema, std::string token);
  /// The node that a reference names, or none after a fault.
  Index node_at(std::string_view reference);
  /// Equal patterns are compiled once; none after a fault.
  Index pattern(std::string_view keyword, std::string_view text);
  [[nodiscard]] bool is_root() const { return at_work_ == 0; }
  [[nodiscard]] Code& code() { return code_; }

  /// properties, patternProperties and additionalProperties become one instruction.
  Members& members();

 private:
  struct Pending {
    Index node;
    const json::Value* schema;
  };

  bool is_within_bounds();
  void choose_dialect();
  Index node_for(const json::Value& schema, Index parent, std::string token);
  void compile(const Pending& pending);
  void compile_keywords(const json::Object& schema);
  void finish_node(Index node);
  void check_references();

  const json::Value& root_;
  Dialect dialect_ = Dialect::draft_2020_12;
  Code code_;
  std::vector<Violation> faults_;
  std::vector<Pending> pending_;
  std::unordered_map<const json::Value*, Index> node_of_;
  std::unordered_map<std::string, Index> pattern_of_;

  // The node at work.
  Index at_work_ = 0;
  std::vector<Instruction> instructions_;
  Index members_ = none;
};

/// Compiles one keyword of the node at work. A name that is none of JSON Schema's is an annotation.
void compile_keyword(Compiler& compiler, std::string_view name, const json::Value& value);

}  // namespace xzepr::jsonschema
