#include "jsonschema/validator.hpp"

#include <utility>

#include <fmt/format.h>

#include "json/pointer.hpp"
#include "jsonschema/steps.hpp"

namespace xzepr::jsonschema {
namespace {

// A pointer into the value that is longer ends early, at a value around the one that is meant.
constexpr std::size_t pointer_bytes_max = 8 * 1'024;

}  // namespace

std::vector<Violation> Validator::run(const json::Value& value) {
  check(0, value, nullptr);
  if (!is_spent_) return std::move(report_).finish(base_);
  return {{.pointer = std::string(base_),
           .keyword = "budget",
           .message = "takes too much work to check against the schema",
           .schema = "#"}};
}

void Validator::check(Index node, const json::Value& value, const Path* path) {
  if (is_over_ || !spend(1)) return;
  if (depth_ >= limits::schema_depth_max) {
    is_spent_ = is_over_ = true;
    return;
  }
  ++depth_;
  const At at{.node = node, .value = value, .path = path};
  if (code_.nodes[node].has_unevaluated || !code_.dynamic_anchors.empty()) {
    check_framed(at);
  } else {
    run_groups(at);
  }
  --depth_;
}

void Validator::check_framed(const At& at) {
  const Node& node = code_.nodes[at.node];
  const Scope* const outer_scope = scope_;
  const Scope scope{.outer = scope_, .resource = node.resource};
  if (scope_ == nullptr || scope_->resource != node.resource) scope_ = &scope;
  if (!node.has_unevaluated) {
    run_groups(at);
  } else {
    static_cast<void>(spend(steps::to_collect));
    Evaluated own;
    Evaluated* const outer = std::exchange(evaluated_, &own);
    run_groups(at);
    evaluated_ = outer;
    if (outer != nullptr && spend(own.words())) outer->add(own);
  }
  scope_ = outer_scope;
}

void Validator::run_groups(const At& at) {
  run_group(Group::any, at);
  switch (at.value.kind()) {
    case json::Kind::null:
    case json::Kind::bool_: return;
    case json::Kind::int64:
    case json::Kind::uint64:
    case json::Kind::double_: return run_group(Group::number, at);
    case json::Kind::string: return run_group(Group::string, at);
    case json::Kind::array: return run_group(Group::array, at);
    case json::Kind::object: return run_group(Group::object, at);
  }
}

void Validator::run_group(Group group, const At& at) {
  const auto& begin = code_.nodes[at.node].begin;
  const auto last = begin[static_cast<std::size_t>(group) + 1];
  for (auto i = begin[static_cast<std::size_t>(group)]; i < last; ++i) {
    if (is_over_ || !spend(1)) return;
    step(code_.instructions[i], at);
  }
}

void Validator::step(const Instruction& instruction, const At& at) {
  switch (instruction.op) {
    case Op::never: return check_never(at);
    case Op::type: return check_type(instruction, at);
    case Op::enumeration: return check_enumeration(instruction, at);
    case Op::constant: return check_constant(instruction, at);
    case Op::reference: return check(instruction.index, at.value, at.path);
    case Op::dynamic_reference: return check_dynamic_reference(instruction, at);
    case Op::all_of: return check_all_of(instruction, at);
    case Op::any_of: return check_any_of(instruction, at);
    case Op::one_of: return check_one_of(instruction, at);
    case Op::negation: return check_not(instruction, at);
    case Op::conditional: return check_conditional(instruction, at);
    case Op::minimum:
    case Op::maximum:
    case Op::exclusive_minimum:
    case Op::exclusive_maximum: return check_bound(instruction, at);
    case Op::multiple_of: return check_multiple(instruction, at);
    case Op::min_length:
    case Op::max_length: return check_length(instruction, at);
    case Op::pattern: return check_pattern(instruction, at);
    case Op::format: return check_format(instruction, at);
    case Op::min_items:
    case Op::max_items: return check_size(instruction, at, at.value.get_array().size(), "items");
    case Op::unique_items: return check_unique(instruction, at);
    case Op::elements: return check_elements(code_.elements[instruction.index], at);
    case Op::contains: return check_contains(code_.contains[instruction.index], at);
    case Op::unevaluated_items: return check_unevaluated_items(instruction, at);
    case Op::min_properties:
    case Op::max_properties: return check_size(instruction, at, at.value.get_object().size(), "members");
    case Op::required: return check_required(code_.name_lists[instruction.index], at, nullptr);
    case Op::dependencies: return check_dependencies(instruction, at);
    case Op::property_names: return check_property_names(instruction, at);
    case Op::members: return check_members(code_.members[instruction.index], at);
    case Op::unevaluated_properties: return check_unevaluated_properties(instruction, at);
  }
}

void Validator::record(std::string_view keyword, Index node, const Path* path, std::string message) {
  std::string place = pointer_of(code_.places, code_.nodes[node].place);
  json::append_token(place, keyword);
  record_at(std::move(place), keyword, path, std::move(message));
}

void Validator::record_at(std::string place, std::string_view keyword, const Path* path,
                          std::string message) {
  Violation violation{.pointer = pointer_to(path),
                      .keyword = std::string(keyword),
                      .message = std::move(message),
                      .schema = to_fragment(place)};
  const auto bytes = violation.pointer.size() + violation.message.size() + violation.schema.size();
  const bool has_room = spend(steps::to_report(bytes)) && report_.add(std::move(violation));
  is_over_ = is_over_ || !has_room;
}

std::string Validator::pointer_to(const Path* path) const {
  std::vector<const Path*> steps;
  for (const Path* at = path; at != nullptr; at = at->parent) steps.push_back(at);
  std::string pointer(base_);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if ((*step)->key.data() == nullptr) {
      json::append_token(pointer, (*step)->index);
    } else if (pointer.size() + (*step)->key.size() > pointer_bytes_max) {
      break;
    } else {
      json::append_token(pointer, (*step)->key);
    }
  }
  return pointer;
}

}  // namespace xzepr::jsonschema
