// Runs a program over one value. Private to this module; one Validator for one run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "json/value.hpp"
#include "jsonschema/evaluated.hpp"
#include "jsonschema/limits.hpp"
#include "jsonschema/program.hpp"
#include "jsonschema/report.hpp"

namespace xzepr::jsonschema {

class Validator {
 public:
  Validator(const Code& code, std::string_view base) : code_(code), base_(base) {}

  [[nodiscard]] std::vector<Violation> run(const json::Value& value);

 private:
  /// The way from the root value, as links on the stack: it becomes text only when something is wrong.
  struct Path {
    const Path* parent;
    std::string_view key;
    std::size_t index;
  };

  /// One application of a schema to a value.
  struct At {
    Index node;
    const json::Value& value;
    const Path* path;
  };

  /// The resources that were entered on the way to the present schema, the innermost first.
  struct Scope {
    const Scope* outer;
    Index resource;
  };

  // validator.cpp
  void check(Index node, const json::Value& value, const Path* path);
  void check_framed(const At& at);
  void run_groups(const At& at);
  void run_group(Group group, const At& at);
  void step(const Instruction& instruction, const At& at);

  // checks.cpp: what looks at the value alone
  void check_type(const Instruction& instruction, const At& at);
  void check_enumeration(const Instruction& instruction, const At& at);
  [[nodiscard]] bool is_listed(const Enumeration& list, const json::Value& value);
  void check_constant(const Instruction& instruction, const At& at);
  void check_never(const At& at);
  void check_bound(const Instruction& instruction, const At& at);
  void check_multiple(const Instruction& instruction, const At& at);
  void check_length(const Instruction& instruction, const At& at);
  void check_pattern(const Instruction& instruction, const At& at);
  void check_format(const Instruction& instruction, const At& at);
  void check_size(const Instruction& instruction, const At& at, std::size_t size, std::string_view noun);
  void check_unique(const Instruction& instruction, const At& at);
  void check_required(const std::vector<std::string>& names, const At& at, const Dependency* because);

  // validator_applied.cpp: what applies schemas
  void check_dynamic_reference(const Instruction& instruction, const At& at);
  void check_all_of(const Instruction& instruction, const At& at);
  void check_any_of(const Instruction& instruction, const At& at);
  void check_one_of(const Instruction& instruction, const At& at);
  void check_not(const Instruction& instruction, const At& at);
  void check_conditional(const Instruction& instruction, const At& at);
  void check_elements(const Elements& elements, const At& at);
  void check_contains(const Contains& rule, const At& at);
  void check_unevaluated_items(const Instruction& instruction, const At& at);
  void check_members(const Members& members, const At& at);
  bool check_member(const Members& members, std::string_view key, const json::Value& value, const Path* path);
  void check_dependencies(const Instruction& instruction, const At& at);
  void check_property_names(const Instruction& instruction, const At& at);
  void check_unevaluated_properties(const Instruction& instruction, const At& at);

  /// Another value, so what was evaluated of this one does not count there.
  void check_child(Index node, const json::Value& value, const Path* path);
  /// Whether the schema accepts the value, without a word about why not. What it evaluates goes to
  /// `evaluated` if it does. The answer counts only if not is_over().
  [[nodiscard]] bool accepts(Index node, const json::Value& value, const Path* path, Evaluated* evaluated);
  /// Adds the violations of the branch that is nearest to accepting.
  void explain_nearest(const std::vector<Index>& branches, const At& at);

  /// Records one violation; `message` is called only if somebody reads it.
  template <class Message>
  void violate(std::string_view keyword, Index node, const Path* path, Message message) {
    if (is_asking_) {
      is_over_ = true;
    } else {
      record(keyword, node, path, message());
    }
  }
  void record(std::string_view keyword, Index node, const Path* path, std::string message);
  void record_at(std::string place, std::string_view keyword, const Path* path, std::string message);
  [[nodiscard]] std::string pointer_to(const Path* path) const;

  /// False when the work is beyond the budget: stop.
  bool spend(std::size_t steps) {
    if (steps <= steps_left_) {
      steps_left_ -= steps;
      return true;
    }
    is_spent_ = is_over_ = true;
    return false;
  }
  /// Nothing more is to be found out: out of budget, room, or in accepts() the answer is no.
  [[nodiscard]] bool is_over() const { return is_over_; }

  const Code& code_;
  std::string_view base_;
  std::size_t steps_left_ = limits::schema_steps_max;
  std::size_t depth_ = 0;
  bool is_spent_ = false;
  bool is_over_ = false;
  bool is_asking_ = false;
  Evaluated* evaluated_ = nullptr;  // of the present value; null when nobody asks
  const Scope* scope_ = nullptr;
  Report report_;
};

}  // namespace xzepr::jsonschema
