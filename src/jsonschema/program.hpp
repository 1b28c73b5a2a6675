// What a schema is compiled to: nodes and instructions in vectors, linked by index. Private to this module.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "jsonschema/decimal.hpp"
#include "jsonschema/format.hpp"
#include "jsonschema/pattern.hpp"

namespace xzepr::jsonschema {

using Index = std::uint32_t;
inline constexpr Index none = 0xFFFFFFFFU;

/// In the order in which a node's instructions run; the groups below are ranges of it.
enum class Op : std::uint8_t {
  // any value
  never,              ///< the schema false
  type,               ///< operand: mask of TypeBit
  enumeration,        ///< index into enumerations
  constant,           ///< index into values; operand: JSON values in it
  reference,          ///< index of a node, applied to the same value
  dynamic_reference,  ///< index into dynamic_anchors; operand: the node, if no resource in scope has it
  all_of,             ///< index into node_lists, applied to the same value
  any_of,
  one_of,
  negation,     ///< index of a node
  conditional,  ///< index into conditionals
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
  format,   ///< index into formats
  // arrays
  min_items,  ///< operand: count
  max_items,
  unique_items,
  elements,           ///< index into elements
  contains,           ///< index into contains
  unevaluated_items,  ///< index of a node
  // objects
  min_properties,  ///< operand: count
  max_properties,
  required,                ///< index into name_lists
  dependencies,            ///< index into dependency_lists
  property_names,          ///< index of a node
  members,                 ///< index into members
  unevaluated_properties,  ///< index of a node
};

enum class Group : std::uint8_t { any, number, string, array, object };
inline constexpr std::size_t group_count = 5;

[[nodiscard]] Group group_of(Op op);
/// The keyword as it is spelled in a schema; of several that share an op, the first.
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
  Index place = none;
  Index resource = 0;  ///< for the dynamic scope: counts schemas with a URI of their own
  bool has_unevaluated = false;
};

/// Where a schema stands: its parent's place and then `token`. Read only when something is wrong. A document
/// other than the compiled one begins with "URI#".
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
  std::vector<Property> properties;  // sorted by is_before
  std::vector<PatternProperty> patterns;
  Index additional = none;

  /// By length first: most names differ in it.
  [[nodiscard]] static bool is_before(std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
};

/// prefixItems and items; items and additionalItems in draft-07.
struct Elements {
  std::vector<Index> first;
  Index rest = none;
};

struct Contains {
  Index node;
  std::uint64_t min = 1;
  std::uint64_t max = UINT64_MAX;
};

struct Conditional {
  Index condition;
  Index then = none;
  Index otherwise = none;
};

/// What is asked of an object that has the member `name`: other members, or a schema.
struct Dependency {
  std::string name;
  std::string_view keyword;
  std::vector<std::string> required;
  Index node = none;
};

/// A $dynamicAnchor that some $dynamicRef names, and the schemas that have it.
struct DynamicAnchor {
  struct Target {
    Index resource;
    Index node;
  };
  std::vector<Target> targets;  // sorted by resource
};

struct Code {
  std::vector<Node> nodes;  // the root is 0
  std::vector<Instruction> instructions;
  std::vector<Place> places;
  std::vector<Enumeration> enumerations;
  std::vector<json::Value> values;
  std::vector<Decimal> decimals;
  std::vector<Pattern> patterns;
  std::vector<const Format*> formats;
  std::vector<std::vector<std::string>> name_lists;
  std::vector<std::vector<Index>> node_lists;
  std::vector<Members> members;
  std::vector<Elements> elements;
  std::vector<Contains> contains;
  std::vector<Conditional> conditionals;
  std::vector<std::vector<Dependency>> dependency_lists;
  std::vector<DynamicAnchor> dynamic_anchors;
};

/// JSON Pointer of a place, "" for the root. One beyond 8 KiB ends early, at a schema around the place.
[[nodiscard]] std::string pointer_of(const std::vector<Place>& places, Index place);

/// The beginning of a text that is shown in a message.
[[nodiscard]] std::string shorten(std::string text);

}  // namespace xzepr::jsonschema
