// Keywords that look at one value and apply no schema.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "json/write.hpp"
#include "jsonschema/keyword_rules.hpp"
#include "jsonschema/unique.hpp"

namespace xzepr::jsonschema::rules {
namespace {

/// What comparing a value with `item` may cost, in the steps of the validator's budget.
std::size_t steps_to_compare(const json::Value& item) {
  const Weight weight = weight_of(item);
  return weight.values * 4 + weight.bytes / 16;
}

bool is_number(const json::Value& value) { return (type_bits(value) & type_number) != 0; }

std::optional<std::uint8_t> type_mask(const json::Value& value) {
  if (const auto* name = value.if_string()) {
    const auto bit = type_bit(json::view(*name));
    return bit == 0 ? std::nullopt : std::optional(bit);
  }
  const auto* names = value.if_array();
  if (names == nullptr || names->empty()) return std::nullopt;
  std::uint8_t mask = 0;
  for (const auto& item : *names) {
    const auto* name = item.if_string();
    const auto bit = name == nullptr ? std::uint8_t{0} : type_bit(json::view(*name));
    if (bit == 0 || (mask & bit) != 0) return std::nullopt;
    mask = static_cast<std::uint8_t>(mask | bit);
  }
  return mask;
}

void bound(Compiler& compiler, Op op, const json::Value& value) {
  if (!is_number(value)) return compiler.fault(keyword_of(op), "must be a number");
  compiler.emit({.op = op, .index = add(compiler.code().values, value)});
}

void counted(Compiler& compiler, Op op, const json::Value& value) {
  const auto limit = count_of(value);
  if (!limit) return compiler.fault(keyword_of(op), "must be an integer of at least 0");
  compiler.emit({.op = op, .operand = *limit});
}

}  // namespace

void type(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto mask = type_mask(value);
  if (!mask) {
    return compiler.fault(
        keyword, "must be one or several different of string, integer, number, boolean, object, array, null");
  }
  compiler.emit({.op = Op::type, .operand = *mask});
}

void enumeration(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* items = value.if_array();
  if (items == nullptr) return compiler.fault(keyword, "must be an array");
  Enumeration result;
  for (const auto& item : *items) {
    if (const auto* text = item.if_string()) {
      result.strings.emplace_back(json::view(*text));
    } else {
      result.others.push_back(item);
      result.weight += steps_to_compare(item);
    }
    if (result.shown.size() > 200) continue;
    if (!result.shown.empty()) result.shown += ", ";
    result.shown += json::canonical(item);
  }
  std::ranges::sort(result.strings);
  result.shown = shorten(std::move(result.shown));
  compiler.emit({.op = Op::enumeration, .index = add(compiler.code().enumerations, std::move(result))});
}

void constant(Compiler& compiler, Name /*keyword*/, const json::Value& value) {
  compiler.emit(
      {.op = Op::constant, .index = add(compiler.code().values, value), .operand = steps_to_compare(value)});
}

void minimum(Compiler& compiler, Name, const json::Value& value) { bound(compiler, Op::minimum, value); }

void maximum(Compiler& compiler, Name, const json::Value& value) { bound(compiler, Op::maximum, value); }

void exclusive_minimum(Compiler& compiler, Name, const json::Value& value) {
  bound(compiler, Op::exclusive_minimum, value);
}

void exclusive_maximum(Compiler& compiler, Name, const json::Value& value) {
  bound(compiler, Op::exclusive_maximum, value);
}

void multiple_of(Compiler& compiler, Name keyword, const json::Value& value) {
  if (!is_number(value) || json::compare_numbers(value, json::Value(0)) <= 0) {
    return compiler.fault(keyword, "must be a number above 0");
  }
  const auto index = add(compiler.code().values, value);
  // Both tables grow together, so that one index serves the message and the check.
  compiler.code().decimals.resize(index + std::size_t{1}, Decimal{.digits = 1, .exponent = 0});
  compiler.code().decimals[index] = to_decimal(value);
  compiler.emit({.op = Op::multiple_of, .index = index});
}

std::optional<std::uint64_t> count_of(const json::Value& value) {
  if (const auto* integer = value.if_int64()) {
    return *integer < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(*integer));
  }
  if (const auto* large = value.if_uint64()) return *large;
  const auto* number = value.if_double();
  if (number == nullptr || std::trunc(*number) != *number || *number < 0) return std::nullopt;
  return *number < 0x1p63 ? static_cast<std::uint64_t>(*number) : std::uint64_t{1} << 63U;
}

void min_length(Compiler& compiler, Name, const json::Value& value) {
  counted(compiler, Op::min_length, value);
}

void max_length(Compiler& compiler, Name, const json::Value& value) {
  counted(compiler, Op::max_length, value);
}

void min_items(Compiler& compiler, Name, const json::Value& value) {
  counted(compiler, Op::min_items, value);
}

void max_items(Compiler& compiler, Name, const json::Value& value) {
  counted(compiler, Op::max_items, value);
}

void min_properties(Compiler& compiler, Name, const json::Value& value) {
  counted(compiler, Op::min_properties, value);
}

void max_properties(Compiler& compiler, Name, const json::Value& value) {
  counted(compiler, Op::max_properties, value);
}

void count(Compiler& compiler, Name keyword, const json::Value& value) {
  if (!count_of(value)) compiler.fault(keyword, "must be an integer of at least 0");
}

void pattern(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return compiler.fault(keyword, "must be a string");
  const auto index = compiler.pattern(keyword, json::view(*text));
  if (index != none) compiler.emit({.op = Op::pattern, .index = index});
}

void format(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return compiler.fault(keyword, "must be a string");
  const auto* known = compiler.asserts_formats() ? find_format(json::view(*text)) : nullptr;
  if (known != nullptr) compiler.emit({.op = Op::format, .index = add(compiler.code().formats, known)});
}

void unique_items(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* wanted = value.if_bool();
  if (wanted == nullptr) return compiler.fault(keyword, "must be a boolean");
  if (*wanted) compiler.emit({.op = Op::unique_items});
}

std::optional<std::vector<std::string>> names_of(const json::Value& value) {
  const auto* array = value.if_array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& item : *array) {
    const auto* name = item.if_string();
    if (name == nullptr) return std::nullopt;
    names.emplace_back(json::view(*name));
  }
  const bool is_distinct = std::set<std::string_view>(names.begin(), names.end()).size() == names.size();
  return is_distinct ? std::optional(std::move(names)) : std::nullopt;
}

void required(Compiler& compiler, Name keyword, const json::Value& value) {
  auto names = names_of(value);
  if (!names) return compiler.fault(keyword, "must be an array of different strings");
  if (!names->empty())
    compiler.emit({.op = Op::required, .index = add(compiler.code().name_lists, *std::move(names))});
}

void dependent_required(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* lists = value.if_object();
  if (lists == nullptr) return compiler.fault(keyword, "must be an object of arrays of names");
  for (const auto& member : *lists) {
    auto names = names_of(member.value());
    if (!names) return compiler.fault(keyword, "must hold arrays of different strings");
    compiler.dependencies().push_back(
        {.name = std::string(member.key()), .keyword = keyword, .required = *std::move(names)});
  }
}

}  // namespace xzepr::jsonschema::rules
