#include "jsonschema/compiler.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "json/pointer.hpp"
#include "json/write.hpp"
#include "jsonschema/schema.hpp"
#include "jsonschema/unique.hpp"

namespace xzepr::jsonschema {
namespace {

// Bounds the stack: each reference that is applied to the same value is a call within a call.
constexpr int reference_chain_max = 64;

// Each pattern may hold a megabyte once it is used.
constexpr std::size_t patterns_max = 100;

std::optional<std::string> decode_fragment(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

bool is_schema(const json::Value& value) { return value.is_object() || value.is_bool(); }

}  // namespace

Compiler::Compiler(const json::Value& root) : root_(root) {}

std::expected<Code, std::vector<Violation>> Compiler::run() {
  if (!is_within_bounds()) return std::unexpected(std::move(faults_));
  choose_dialect();
  node_for(root_, none, "");
  while (!pending_.empty()) {
    const Pending next = pending_.back();
    pending_.pop_back();
    compile(next);
  }
  if (faults_.empty()) check_references();
  if (faults_.empty()) return std::move(code_);
  std::ranges::sort(faults_, {}, &Violation::pointer);  // found in the order of a stack; each place has one
  return std::unexpected(std::move(faults_));
}

bool Compiler::is_within_bounds() {
  const auto refuse = [this](std::string message) {
    faults_.push_back({.pointer = {}, .keyword = "size", .message = std::move(message)});
    return false;
  };
  if (count_values(root_) > Schema::schema_values_max) {
    return refuse(fmt::format("a schema holds at most {} values", Schema::schema_values_max));
  }
  if (json::write(root_).size() > Schema::schema_bytes_max) {
    return refuse(fmt::format("a schema has at most {} bytes", Schema::schema_bytes_max));
  }
  return true;
}

void Compiler::choose_dialect() {
  const auto* object = root_.if_object();
  const auto* schema = object == nullptr ? nullptr : object->if_contains("$schema");
  const auto* text = schema == nullptr ? nullptr : schema->if_string();
  if (text != nullptr && json::view(*text).find("draft-07") != std::string_view::npos)
    dialect_ = Dialect::draft_07;
}

void Compiler::fault(std::string_view keyword, std::string message) {
  if (faults_.size() >= Schema::violations_max) return;
  std::string pointer = code_.pointer_of(at_work_);
  if (!keyword.empty()) json::append_token(pointer, keyword);
  faults_.push_back(
      {.pointer = std::move(pointer), .keyword = std::string(keyword), .message = std::move(message)});
}

void Compiler::emit(Instruction instruction) { instructions_.push_back(instruction); }

Index Compiler::node_for(const json::Value& schema, Index parent, std::string token) {
  const auto [known, is_new] = node_of_.try_emplace(&schema, static_cast<Index>(code_.nodes.size()));
  if (is_new) {
    code_.nodes.emplace_back();
    code_.places.push_back({.parent = parent, .token = std::move(token)});
    pending_.push_back({.node = known->second, .schema = &schema});
  }
  return known->second;
}

Index Compiler::node_below(const json::Value& schema, std::string token) {
  return node_for(schema, at_work_, std::move(token));
}

Index Compiler::node_at(std::string_view reference) {
  if (!reference.starts_with('#')) {
    fault("$ref", "must stay within the schema: \"#\" or \"#/...\"");
    return none;
  }
  const auto pointer = decode_fragment(reference.substr(1));
  if (!pointer || (!pointer->empty() && pointer->front() != '/')) {
    fault("$ref", "must be a JSON Pointer (\"#/$defs/name\"); names are not supported yet");
    return none;
  }
  const auto* target = json::find(root_, *pointer);
  if (target == nullptr || !is_schema(*target)) {
    fault("$ref", "leads to no schema");
    return none;
  }
  return node_for(*target, pointer->empty() ? none : 0, *pointer);
}

Index Compiler::pattern(std::string_view keyword, std::string_view text) {
  const auto [known, is_new] =
      pattern_of_.try_emplace(std::string(text), static_cast<Index>(code_.patterns.size()));
  if (!is_new) return known->second;
  auto compiled = Pattern::compile(text);
  if (!compiled || code_.patterns.size() >= patterns_max) {
    pattern_of_.erase(known);
    fault(keyword, compiled ? fmt::format("a schema has at most {} different patterns", patterns_max)
                            : fmt::format("is no pattern that can be used: {}", shorten(compiled.error())));
    return none;
  }
  code_.patterns.push_back(std::move(*compiled));
  return known->second;
}

Members& Compiler::members() {
  if (members_ == none) {
    members_ = static_cast<Index>(code_.members.size());
    code_.members.emplace_back();
  }
  return code_.members[members_];
}

void Compiler::compile(const Pending& pending) {
  at_work_ = pending.node;
  instructions_.clear();
  members_ = none;
  if (const auto* object = pending.schema->if_object()) {
    compile_keywords(*object);
  } else if (const auto* allows = pending.schema->if_bool()) {
    if (!*allows) emit({.op = Op::never});
  } else {
    fault("",
          fmt::format("must be a schema (an object or a boolean), got {}", json::type_name(*pending.schema)));
  }
  finish_node(pending.node);
}

void Compiler::compile_keywords(const json::Object& schema) {
  const auto* reference = schema.if_contains("$ref");
  for (const auto& member : schema) {
    // In draft-07 a reference replaces everything beside it; what it may lead to is still looked at.
    const std::string_view name = member.key();
    const bool is_hidden = dialect_ == Dialect::draft_07 && reference != nullptr && name != "$ref" &&
                           name != "definitions" && name != "$defs" && name != "$schema";
    if (!is_hidden) compile_keyword(*this, name, member.value());
  }
  if (members_ == none) return;
  std::ranges::sort(code_.members[members_].properties, {}, &Property::name);
  emit({.op = Op::members, .index = members_});
}

void Compiler::finish_node(Index node) {
  std::ranges::sort(instructions_, {}, &Instruction::op);
  auto& begin = code_.nodes[node].begin;
  auto next = instructions_.begin();
  for (std::size_t group = 0; group < group_count; ++group) {
    begin[group] = static_cast<Index>(code_.instructions.size());
    for (; next != instructions_.end() && static_cast<std::size_t>(group_of(next->op)) == group; ++next) {
      code_.instructions.push_back(*next);
    }
  }
  begin[group_count] = static_cast<Index>(code_.instructions.size());
}

// A reference is applied to the same value, so a circle of nothing but references would never end; one that
// passes through a member or an item ends with the value.
void Compiler::check_references() {
  const auto target_of = [this](Index node) {
    const auto& begin = code_.nodes[node].begin;
    for (Index i = begin[0]; i < begin[1]; ++i) {
      if (code_.instructions[i].op == Op::reference) return code_.instructions[i].index;
    }
    return none;
  };
  for (Index node = 0; node < code_.nodes.size(); ++node) {
    int length = 0;
    Index at = target_of(node);
    while (at != none && at != node && length < reference_chain_max) {
      at = target_of(at);
      ++length;
    }
    if (at == none) continue;
    at_work_ = node;
    fault("$ref", at == node ? "leads back to itself"
                             : "leads through too many references, or into a circle of them");
  }
}

}  // namespace xzepr::jsonschema
