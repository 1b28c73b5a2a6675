// What a schema is compiled to: nodes and instructions in vectors, linked by index. Private to this module.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "jsonschema/decimal.hpp"
#include "jsonschema/pattern.hpp"

namespace xzepr::jsonschema {

using Index = std::uint32_t;
inline constexpr Index none = 0xFFFFFFFFU;

/// In the order in which a node's instructions run; the groups below are ranges of it.
enum class Op : std::uint8_t {
  // any value
  never,        ///< the schema false
  type,         ///< operand: mask of TypeBit
  enumeration,  ///< index into enumerations
  constant,     ///< index into values; operand: JSON values in it
  reference,    ///< index of a node, applied to the same value
  // numbers; index into values
  minimum,
  maximum,
  exclusive_minimum,
  exclusive_maximum,
  multiple_of,  ///< index into decimals
  // strings
  min_length,  ///< operand: code points
  max_length,
  pattern,  ///< index into patterns
  // arrays
  min_items,  ///< operand: count
  max_items,
  unique_items,
  items,  ///< index of a node, applied to each
  // objects
  min_properties,  ///< operand: count
  max_properties,
  required,  ///< index into name_lists
  members,   ///< index into members
};

enum class Group : std::uint8_t { any, number, string, array, object };
inline constexpr std::size_t group_count = 5;

[[nodiscard]] Group group_of(Op op);
/// The keyword as it is spelled in a schema.
[[nodiscard]] std::string_view keyword_of(Op op);

enum TypeBit : std::uint8_t {
  type_null = 1,
  type_boolean = 2,
  type_integer = 4,
  type_number = 8,
  type_string = 16,
  type_array = 32,
  type_object = 64,
};

/// 0 for a word that is no type.
[[nodiscard]] std::uint8_t type_bit(std::string_view name);
/// "string", "string or null", ...
[[nodiscard]] std::string type_names(std::uint8_t mask);
/// All bits that `value` has: 1.0 is integer and number.
[[nodiscard]] std::uint8_t type_bits(const json::Value& value);

struct Instruction {
  Op op;
  Index index = none;
  std::uint64_t operand = 0;
};

/// One schema. `begin[g]` to `begin[g + 1]` are the instructions of group g.
struct Node {
  std::array<Index, group_count + 1> begin{};
};

/// Where a node stands in the schema: its parent's place and then `token`. Read only when something is wrong.
struct Place {
  Index parent;
  std::string token;
};

struct Enumeration {
  std::vector<std::string> strings;  // sorted
  std::vector<json::Value> others;
  std::size_t weight = 0;  // JSON values in others
  std::string shown;       // for the message
};

struct Property {
  std::string name;
  Index node;
};

struct PatternProperty {
  Index pattern;
  Index node;
};

struct Members {
  std::vector<Property> properties;  // sorted by name
  std::vector<PatternProperty> patterns;
  Index additional = none;
};

struct Code {
  std::vector<Node> nodes;  // the root is 0
  std::vector<Instruction> instructions;
  std::vector<Place> places;  // one for each node
  std::vector<Enumeration> enumerations;
  std::vector<json::Value> values;
  std::vector<Decimal> decimals;
  std::vector<Pattern> patterns;
  std::vector<std::vector<std::string>> name_lists;
  std::vector<Members> members;

  /// JSON Pointer of the node in the schema, "" for the root.
  [[nodiscard]] std::string pointer_of(Index node) const;
};

/// The beginning of a text that is shown in a message.
[[nodiscard]] std::string shorten(std::string text);

}  // namespace xzepr::jsonschema
