// Runs a program over one value. Private to this module; one Validator for one run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "json/value.hpp"
#include "jsonschema/program.hpp"

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

  void check(Index node, const json::Value& value, const Path* path);
  void check_group(Group group, Index node, const json::Value& value, const Path* path);
  void check_any(const Instruction& at, Index node, const json::Value& value, const Path* path);
  void check_number(const Instruction& at, Index node, const json::Value& value, const Path* path);
  void check_string(const Instruction& at, Index node, std::string_view text, const Path* path);
  void check_array(const Instruction& at, Index node, const json::Array& items, const Path* path);
  void check_object(const Instruction& at, Index node, const json::Object& object, const Path* path);
  void check_required(const Instruction& at, Index node, const json::Object& object, const Path* path);
  void check_members(const Members& members, const json::Object& object, const Path* path);
  void check_member(const Members& members, std::string_view key, const json::Value& value, const Path* path);
  [[nodiscard]] bool is_listed(const Enumeration& list, const json::Value& value);

  void violate(Op op, Index node, const Path* path, std::string message);
  void violate_never(Index node, const Path* path);
  [[nodiscard]] std::string pointer_to(const Path* path) const;

  /// False when the work is beyond the budget: stop.
  bool spend(std::size_t steps);
  [[nodiscard]] bool is_over() const;

  const Code& code_;
  std::string_view base_;
  std::size_t steps_left_ = steps_max;
  bool is_spent_ = false;
  std::vector<Violation> violations_;

 public:
  /// Enough for a body of the largest size with some keywords for each value in it; at worst some 50 ms.
  static constexpr std::size_t steps_max = 5'000'000;
};

}  // namespace xzepr::jsonschema
