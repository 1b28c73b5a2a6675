// The validator's keywords that apply schemas.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "jsonschema/steps.hpp"
#include "jsonschema/validator.hpp"

namespace xzepr::jsonschema {
namespace {

const Property* find_property(const std::vector<Property>& properties, std::string_view name) {
  const auto found = std::ranges::lower_bound(properties, name, Members::is_before, &Property::name);
  return found != properties.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

void Validator::check_child(Index node, const json::Value& value, const Path* path) {
  Evaluated* const outer = std::exchange(evaluated_, nullptr);
  check(node, value, path);
  evaluated_ = outer;
}

bool Validator::accepts(Index node, const json::Value& value, const Path* path, Evaluated* evaluated) {
  if (!spend(evaluated == nullptr ? 1 : steps::to_collect)) return false;
  Evaluated own;
  Evaluated* const outer = std::exchange(evaluated_, evaluated == nullptr ? nullptr : &own);
  const bool was_asking = std::exchange(is_asking_, true);
  check(node, value, path);
  evaluated_ = outer;
  is_asking_ = was_asking;
  const bool is_accepted = !is_over_;
  is_over_ = is_spent_;
  if (is_accepted && evaluated != nullptr && spend(own.words())) evaluated->add(own);
  return is_accepted;
}

// --- the same value

// The outermost resource in scope that has the anchor is meant.
void Validator::check_dynamic_reference(const Instruction& instruction, const At& at) {
  const auto& targets = code_.dynamic_anchors[instruction.index].targets;
  auto node = static_cast<Index>(instruction.operand);
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    if (!spend(1)) return;
    const auto found =
        std::ranges::lower_bound(targets, scope->resource, {}, &DynamicAnchor::Target::resource);
    if (found != targets.end() && found->resource == scope->resource) node = found->node;
  }
  check(node, at.value, at.path);
}

void Validator::check_all_of(const Instruction& instruction, const At& at) {
  for (const Index node : code_.node_lists[instruction.index]) {
    if (is_over()) return;
    check(node, at.value, at.path);
  }
}

void Validator::check_any_of(const Instruction& instruction, const At& at) {
  const auto& branches = code_.node_lists[instruction.index];
  bool is_any = false;
  for (const Index node : branches) {
    if (is_over()) return;
    is_any = accepts(node, at.value, at.path, evaluated_) || is_any;
    // With somebody asking what was evaluated, the other branches count too.
    if (is_any && evaluated_ == nullptr) return;
  }
  if (is_any || is_over()) return;
  violate("anyOf", at.node, at.path,
          [&] { return fmt::format("matches none of the {} schemas of anyOf", branches.size()); });
  explain_nearest(branches, at);
}

void Validator::check_one_of(const Instruction& instruction, const At& at) {
  const auto& branches = code_.node_lists[instruction.index];
  std::size_t count = 0;
  std::array<std::size_t, 2> accepted{};
  for (std::size_t i = 0; i < branches.size() && count < accepted.size(); ++i) {
    const bool is_accepted = accepts(branches[i], at.value, at.path, evaluated_);
    if (is_over()) return;
    if (is_accepted) accepted[count++] = i;
  }
  if (count == 1) return;
  violate("oneOf", at.node, at.path, [&] {
    return count == 0 ? fmt::format("matches none of the {} schemas of oneOf", branches.size())
                      : fmt::format("must match one schema of oneOf only, matches the ones at {} and {}",
                                    accepted[0], accepted[1]);
  });
  if (count == 0) explain_nearest(branches, at);
}

// The branch with the fewest violations, one for another type counting as many.
void Validator::explain_nearest(const std::vector<Index>& branches, const At& at) {
  if (is_asking_ || is_over()) return;
  constexpr std::size_t other_type = 1'000;
  // It is wrong already: that nothing was evaluated would be noise.
  if (evaluated_ != nullptr) evaluated_->add_all();
  Evaluated* const outer = std::exchange(evaluated_, nullptr);
  Report before = std::exchange(report_, {});
  Report nearest;
  std::size_t least = SIZE_MAX;
  for (const Index node : branches) {
    report_ = {};
    check(node, at.value, at.path);
    is_over_ = is_spent_;
    const auto& found = report_.list();
    std::size_t distance = found.size();
    if (!found.empty() && found.front().keyword == "type" && found.front().pointer == pointer_to(at.path))
      distance += other_type;
    if (distance >= least || is_spent_) continue;
    least = distance;
    nearest = std::move(report_);
  }
  report_ = std::move(before);
  evaluated_ = outer;
  for (const auto& violation : nearest.list()) is_over_ = !report_.add(violation) || is_over_;
}

void Validator::check_not(const Instruction& instruction, const At& at) {
  const bool is_accepted = accepts(instruction.index, at.value, at.path, nullptr);
  if (!is_accepted || is_over()) return;
  violate("not", at.node, at.path, [] { return "must not match the schema of not"; });
}

void Validator::check_conditional(const Instruction& instruction, const At& at) {
  const Conditional& parts = code_.conditionals[instruction.index];
  const bool is_met = accepts(parts.condition, at.value, at.path, evaluated_);
  const Index next = is_met ? parts.then : parts.otherwise;
  if (next != none && !is_over()) check(next, at.value, at.path);
}

// --- items

void Validator::check_elements(const Elements& elements, const At& at) {
  const json::Array& items = at.value.get_array();
  const std::size_t count =
      elements.rest == none ? std::min(items.size(), elements.first.size()) : items.size();
  for (std::size_t i = 0; i < count && !is_over(); ++i) {
    const Path step{.parent = at.path, .key = {}, .index = i};
    check_child(i < elements.first.size() ? elements.first[i] : elements.rest, items[i], &step);
  }
  if (evaluated_ == nullptr) return;
  if (elements.rest != none) evaluated_->add_all();
  if (spend(count / 4)) evaluated_->add_first(count);
}

void Validator::check_contains(const Contains& rule, const At& at) {
  const json::Array& items = at.value.get_array();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Path step{.parent = at.path, .key = {}, .index = i};
    const bool is_match = accepts(rule.node, items[i], &step, nullptr);
    if (is_over()) return;
    if (!is_match) continue;
    ++count;
    if (evaluated_ != nullptr) {
      evaluated_->add(i);
    } else if (rule.max == UINT64_MAX && count >= rule.min) {
      return;
    }
  }
  if (count < rule.min) {
    violate(rule.min == 1 ? "contains" : "minContains", at.node, at.path, [&] {
      return fmt::format("must contain at least {} items that match, has {}", rule.min, count);
    });
  } else if (count > rule.max) {
    violate("maxContains", at.node, at.path,
            [&] { return fmt::format("must contain at most {} items that match, has {}", rule.max, count); });
  }
}

void Validator::check_unevaluated_items(const Instruction& instruction, const At& at) {
  const json::Array& items = at.value.get_array();
  for (std::size_t i = 0; i < items.size() && !is_over() && spend(1); ++i) {
    if (evaluated_->has(i)) continue;
    const Path step{.parent = at.path, .key = {}, .index = i};
    check_child(instruction.index, items[i], &step);
  }
  evaluated_->add_all();
}

// --- members

void Validator::check_members(const Members& members, const At& at) {
  std::size_t index = 0;
  for (const auto& member : at.value.get_object()) {
    if (is_over()) return;
    const Path step{.parent = at.path, .key = member.key(), .index = 0};
    const bool is_evaluated = check_member(members, member.key(), member.value(), &step);
    if (is_evaluated && evaluated_ != nullptr) evaluated_->add(index);
    ++index;
  }
}

bool Validator::check_member(const Members& members, std::string_view key, const json::Value& value,
                             const Path* path) {
  if (!spend(steps::to_search(members.properties.size(), key.size()))) return false;
  const Property* property = find_property(members.properties, key);
  if (property != nullptr) check_child(property->node, value, path);
  bool is_named = property != nullptr;
  for (const auto& [pattern, node] : members.patterns) {
    if (is_over() || !spend(code_.patterns[pattern].cost(key))) return false;
    if (!code_.patterns[pattern].matches(key)) continue;
    is_named = true;
    check_child(node, value, path);
  }
  if (is_named || members.additional == none) return is_named;
  check_child(members.additional, value, path);
  return true;
}

void Validator::check_dependencies(const Instruction& instruction, const At& at) {
  const json::Object& object = at.value.get_object();
  for (const auto& dependency : code_.dependency_lists[instruction.index]) {
    if (is_over() || !spend(steps::to_find(dependency.name.size()))) return;
    if (object.if_contains(dependency.name) == nullptr) continue;
    if (dependency.node != none) {
      check(dependency.node, at.value, at.path);
    } else {
      check_required(dependency.required, at, &dependency);
    }
  }
}

void Validator::check_property_names(const Instruction& instruction, const At& at) {
  for (const auto& member : at.value.get_object()) {
    const std::string_view key = member.key();
    if (is_over() || !spend(2 * steps::to_find(key.size()))) return;
    const Path step{.parent = at.path, .key = key, .index = 0};
    check_child(instruction.index, json::Value(key), &step);
  }
}

void Validator::check_unevaluated_properties(const Instruction& instruction, const At& at) {
  std::size_t index = 0;
  for (const auto& member : at.value.get_object()) {
    if (is_over() || !spend(1)) return;
    if (evaluated_->has(index++)) continue;
    const Path step{.parent = at.path, .key = member.key(), .index = 0};
    check_child(instruction.index, member.value(), &step);
  }
  evaluated_->add_all();
}

}  // namespace xzepr::jsonschema
