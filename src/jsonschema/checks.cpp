// The validator's keywords that look at one value and apply no schema.
#include <algorithm>

#include <fmt/format.h>

#include "json/pointer.hpp"
#include "json/utf8.hpp"
#include "json/write.hpp"
#include "jsonschema/steps.hpp"
#include "jsonschema/unique.hpp"
#include "jsonschema/validator.hpp"

namespace xzepr::jsonschema {
namespace {

std::string counted(std::string_view bound, std::uint64_t limit, std::string_view noun, std::size_t has) {
  return fmt::format("must have {} {} {}, has {}", bound, limit, noun, has);
}

}  // namespace

void Validator::check_type(const Instruction& instruction, const At& at) {
  const auto mask = static_cast<std::uint8_t>(instruction.operand);
  if ((type_bits(at.value) & mask) != 0) return;
  violate("type", at.node, at.path,
          [&] { return fmt::format("must be {}, got {}", type_names(mask), json::type_name(at.value)); });
}

void Validator::check_enumeration(const Instruction& instruction, const At& at) {
  const Enumeration& list = code_.enumerations[instruction.index];
  if (is_listed(list, at.value) || is_spent_) return;
  violate("enum", at.node, at.path, [&] { return fmt::format("must be one of {}", list.shown); });
}

bool Validator::is_listed(const Enumeration& list, const json::Value& value) {
  if (const auto* text = value.if_string()) {
    return spend(steps::to_search(list.strings.size(), text->size())) &&
           std::ranges::binary_search(list.strings, json::view(*text), {},
                                      [](const std::string& item) { return std::string_view(item); });
  }
  return spend(value.is_structured() ? list.weight : list.others.size()) &&
         std::ranges::any_of(list.others,
                             [&value](const json::Value& item) { return json::equal(item, value); });
}

void Validator::check_constant(const Instruction& instruction, const At& at) {
  const json::Value& expected = code_.values[instruction.index];
  if (!spend(instruction.operand) || json::equal(at.value, expected)) return;
  violate("const", at.node, at.path,
          [&] { return fmt::format("must be {}", shorten(json::canonical(expected))); });
}

// The schema false has no keyword of its own: the one that applied it is named.
void Validator::check_never(const At& at) {
  if (is_asking_) {
    is_over_ = true;
    return;
  }
  const Index place = code_.nodes[at.node].place;
  std::string_view keyword = code_.places[place].token;
  if (!keyword.empty()) keyword.remove_prefix(1);
  keyword = keyword.substr(0, keyword.find('/'));
  const bool is_named = code_.places[place].parent != none && keyword != "$defs" && keyword != "definitions";
  record_at(pointer_of(code_.places, place), is_named ? keyword : keyword_of(Op::never), at.path,
            "is not allowed here");
}

void Validator::check_bound(const Instruction& instruction, const At& at) {
  const json::Value& limit = code_.values[instruction.index];
  const int order = json::compare_numbers(at.value, limit);
  std::string_view rule;
  if (instruction.op == Op::minimum && order < 0) rule = "at least";
  if (instruction.op == Op::maximum && order > 0) rule = "at most";
  if (instruction.op == Op::exclusive_minimum && order <= 0) rule = "more than";
  if (instruction.op == Op::exclusive_maximum && order >= 0) rule = "less than";
  if (rule.empty()) return;
  violate(keyword_of(instruction.op), at.node, at.path, [&] {
    return fmt::format("must be {} {}, is {}", rule, json::canonical(limit), json::canonical(at.value));
  });
}

void Validator::check_multiple(const Instruction& instruction, const At& at) {
  const json::Value& divisor = code_.values[instruction.index];
  const auto* integer = at.value.if_int64();
  const auto* by = divisor.if_int64();
  const bool is_fine =
      integer != nullptr && by != nullptr
          ? *integer % *by == 0
          : spend(steps::to_divide) && is_multiple(to_decimal(at.value), code_.decimals[instruction.index]);
  if (is_fine || is_spent_) return;
  violate("multipleOf", at.node, at.path,
          [&] { return fmt::format("must be a multiple of {}", json::canonical(divisor)); });
}

void Validator::check_length(const Instruction& instruction, const At& at) {
  const std::string_view text = json::view(at.value.get_string());
  const bool is_max = instruction.op == Op::max_length;
  const auto limit = instruction.operand;
  // A code point has one to four bytes, so most lengths need no counting.
  const bool is_fine = is_max ? text.size() <= limit : text.size() / 4 >= limit;
  if (is_fine || !spend(steps::to_read(text.size()))) return;
  const auto length = json::code_point_count(text);
  if (is_max ? length <= limit : length >= limit) return;
  violate(keyword_of(instruction.op), at.node, at.path,
          [&] { return counted(is_max ? "at most" : "at least", limit, "characters", length); });
}

void Validator::check_pattern(const Instruction& instruction, const At& at) {
  const Pattern& pattern = code_.patterns[instruction.index];
  const std::string_view text = json::view(at.value.get_string());
  if (!spend(pattern.cost(text)) || pattern.matches(text)) return;
  violate("pattern", at.node, at.path,
          [&] { return fmt::format("must match the pattern {}", shorten(pattern.text())); });
}

void Validator::check_format(const Instruction& instruction, const At& at) {
  const Format& format = *code_.formats[instruction.index];
  const std::string_view text = json::view(at.value.get_string());
  const std::size_t readings = format.matches == is_regex ? 16 : 1;
  if (!spend(steps::to_begin_format + steps::to_read(text.size()) * readings) || format.matches(text)) return;
  violate("format", at.node, at.path, [&] { return fmt::format("must have the format {}", format.name); });
}

void Validator::check_size(const Instruction& instruction, const At& at, std::size_t size,
                           std::string_view noun) {
  const bool is_max = instruction.op == Op::max_items || instruction.op == Op::max_properties;
  if (is_max ? size <= instruction.operand : size >= instruction.operand) return;
  violate(keyword_of(instruction.op), at.node, at.path,
          [&] { return counted(is_max ? "at most" : "at least", instruction.operand, noun, size); });
}

void Validator::check_unique(const Instruction& instruction, const At& at) {
  const json::Array& items = at.value.get_array();
  if (!spend(items.size())) return;
  const Weight weight = weight_of(at.value);
  if (!spend(steps::to_sort(weight.values, weight.bytes, are_alike(items)))) return;
  const auto repeated = find_repeated(items);
  if (!repeated) return;
  const Path step{.parent = at.path, .key = {}, .index = *repeated};
  violate(keyword_of(instruction.op), at.node, &step, [] { return "equals an earlier item"; });
}

void Validator::check_required(const std::vector<std::string>& names, const At& at,
                               const Dependency* because) {
  const json::Object& object = at.value.get_object();
  for (const auto& name : names) {
    if (is_over() || !spend(steps::to_find(name.size()))) return;
    if (object.if_contains(name) != nullptr) continue;
    const Path step{.parent = at.path, .key = name, .index = 0};
    violate(because == nullptr ? "required" : because->keyword, at.node, &step, [&] {
      return because == nullptr ? std::string("is required")
                                : fmt::format("is required beside {}", shorten(because->name));
    });
  }
}

}  // namespace xzepr::jsonschema
