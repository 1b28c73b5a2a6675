#include "jsonschema/compiler.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "json/write.hpp"
#include "jsonschema/circles.hpp"
#include "jsonschema/keywords.hpp"
#include "jsonschema/unique.hpp"

namespace xzepr::jsonschema {
namespace {

template <class T>
T& gathered(std::vector<T>& table, Index& index) {
  if (index == none) {
    index = static_cast<Index>(table.size());
    table.emplace_back();
  }
  return table[index];
}

}  // namespace

Compiler::Compiler(const json::Value& root, const Options& options)
    : root_(root), options_(options), faults_(code_.places), resources_(options, code_.places, faults_) {}

std::expected<Code, std::vector<Violation>> Compiler::run() {
  if (is_within_bounds()) {
    resources_.add_document(root_, "");
    node_of(root_);
    do {
      compile_pending();
    } while (!complete_dynamic_references());
    if (faults_.is_empty()) find_circles(code_, faults_);
  }
  if (faults_.is_empty()) return std::move(code_);
  // Found in the order of a stack.
  std::ranges::stable_sort(faults_.list(), {}, &Violation::pointer);
  return std::unexpected(std::move(faults_.list()));
}

bool Compiler::is_within_bounds() {
  const auto refuse = [this](std::string message) {
    faults_.list().push_back({.pointer = {}, .keyword = "size", .message = std::move(message)});
    return false;
  };
  if (weight_of(root_).values > limits::schema_values_max) {
    return refuse(fmt::format("a schema holds at most {} values", limits::schema_values_max));
  }
  if (json::write(root_).size() > limits::schema_bytes_max) {
    return refuse(fmt::format("a schema has at most {} bytes", limits::schema_bytes_max));
  }
  return true;
}

void Compiler::fault(std::string_view keyword, std::string message) {
  faults_.add(site_.place, keyword, std::move(message));
}

void Compiler::emit(Instruction instruction) { instructions_.push_back(instruction); }

Index Compiler::node_of(const json::Value& schema) {
  const auto [known, is_new] = node_of_.try_emplace(&schema, static_cast<Index>(code_.nodes.size()));
  if (is_new) {
    const Site& site = resources_.site_of(schema);
    code_.nodes.push_back({.place = site.place, .resource = site.resource});
    pending_.push_back({.node = known->second, .schema = &schema});
  }
  return known->second;
}

Index Compiler::node_at(std::string_view keyword, std::string_view reference) {
  const auto target = resources_.find(reference, site_.resource);
  if (target) return node_of(*target->schema);
  fault(keyword, target.error());
  return none;
}

bool Compiler::emit_dynamic_reference(std::string_view reference) {
  const auto target = resources_.find(reference, site_.resource);
  if (!target || target->dynamic_anchor.empty()) return false;
  const auto [known, is_new] = dynamic_anchor_of_.try_emplace(
      std::string(target->dynamic_anchor), static_cast<Index>(code_.dynamic_anchors.size()));
  if (is_new) code_.dynamic_anchors.emplace_back();
  emit({.op = Op::dynamic_reference, .index = known->second, .operand = node_of(*target->schema)});
  return true;
}

bool Compiler::complete_dynamic_references() {
  if (dynamic_anchor_of_.empty()) return true;
  for (auto& anchor : code_.dynamic_anchors) anchor.targets.clear();
  for (Index i = 0; i < resources_.count(); ++i) {
    for (const auto& [name, anchor] : resources_[i].anchors) {
      const auto wanted = anchor.is_dynamic ? dynamic_anchor_of_.find(name) : dynamic_anchor_of_.end();
      if (wanted == dynamic_anchor_of_.end()) continue;
      code_.dynamic_anchors[wanted->second].targets.push_back(
          {.resource = i, .node = node_of(*anchor.schema)});
    }
  }
  return pending_.empty();
}

Index Compiler::pattern(std::string_view keyword, std::string_view text) {
  const auto [known, is_new] =
      pattern_of_.try_emplace(std::string(text), static_cast<Index>(code_.patterns.size()));
  if (!is_new) return known->second;
  std::string refusal;
  if (code_.patterns.size() >= limits::schema_patterns_max) {
    refusal = fmt::format("a schema has at most {} different patterns", limits::schema_patterns_max);
  } else if (auto compiled = Pattern::compile(text)) {
    pattern_instructions_ += compiled->instructions();
    code_.patterns.push_back(std::move(*compiled));
    if (pattern_instructions_ <= limits::schema_pattern_instructions_max) return known->second;
    refusal = "the patterns of the schema are too large together";
  } else {
    refusal = fmt::format("is no pattern that can be used: {}", shorten(compiled.error()));
  }
  pattern_of_.erase(known);
  fault(keyword, std::move(refusal));
  return none;
}

const json::Value* Compiler::sibling(std::string_view name) const { return object_->if_contains(name); }

const Dialect& Compiler::dialect() const { return resources_[site_.resource].dialect; }

bool Compiler::asserts_formats() const {
  return options_.formats == Formats::asserted || (dialect().vocabularies & vocabulary_format_assertion) != 0;
}

Members& Compiler::members() { return gathered(code_.members, members_); }

Elements& Compiler::elements() { return gathered(code_.elements, elements_); }

std::vector<Dependency>& Compiler::dependencies() { return gathered(code_.dependency_lists, dependencies_); }

void Compiler::compile_pending() {
  while (!pending_.empty()) {
    const Pending next = pending_.back();
    pending_.pop_back();
    compile(next);
  }
}

void Compiler::compile(const Pending& pending) {
  site_ = resources_.site_of(*pending.schema);
  object_ = pending.schema->if_object();
  instructions_.clear();
  members_ = elements_ = dependencies_ = none;
  if (object_ != nullptr) {
    compile_keywords(*object_);
  } else if (const auto* allows = pending.schema->if_bool()) {
    if (!*allows) emit({.op = Op::never});
  } else {
    fault("",
          fmt::format("must be a schema (an object or a boolean), got {}", json::type_name(*pending.schema)));
  }
  finish_node(pending.node);
}

void Compiler::compile_keywords(const json::Object& schema) {
  for (const auto& member : schema) {
    const auto* keyword = find_keyword(member.key(), dialect());
    if (keyword == nullptr || is_hidden_by_reference(member.key(), schema, dialect())) continue;
    keyword->compile(*this, keyword->name, member.value());
  }
  emit_gathered();
}

void Compiler::emit_gathered() {
  if (members_ != none) {
    std::ranges::sort(members().properties, Members::is_before, &Property::name);
    emit({.op = Op::members, .index = members_});
  }
  if (elements_ != none) emit({.op = Op::elements, .index = elements_});
  if (dependencies_ != none) emit({.op = Op::dependencies, .index = dependencies_});
}

void Compiler::finish_node(Index index) {
  std::ranges::stable_sort(instructions_, {}, &Instruction::op);
  Node& node = code_.nodes[index];
  node.has_unevaluated = std::ranges::any_of(instructions_, [](const Instruction& at) {
    return at.op == Op::unevaluated_items || at.op == Op::unevaluated_properties;
  });
  auto next = instructions_.begin();
  for (std::size_t group = 0; group < group_count; ++group) {
    node.begin[group] = static_cast<Index>(code_.instructions.size());
    for (; next != instructions_.end() && static_cast<std::size_t>(group_of(next->op)) == group; ++next) {
      code_.instructions.push_back(*next);
    }
  }
  node.begin[group_count] = static_cast<Index>(code_.instructions.size());
}

}  // namespace xzepr::jsonschema
