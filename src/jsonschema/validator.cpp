#include "jsonschema/validator.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "json/pointer.hpp"
#include "json/utf8.hpp"
#include "json/write.hpp"
#include "jsonschema/schema.hpp"
#include "jsonschema/unique.hpp"

namespace xzepr::jsonschema {
namespace {

// Measured against one step of an ordinary keyword, some 3 to 10 ns.
constexpr std::size_t steps_per_unique_value = 20;  // spelled out, then sorted
constexpr std::size_t steps_per_lookup = 4;

// RFC 3986: what may stand in a fragment as it is.
bool is_fragment_char(char c) {
  constexpr std::string_view others = "-._~!$&'()*+,;=:@/?";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         others.find(c) != std::string_view::npos;
}

std::string to_fragment(std::string_view pointer) {
  std::string out = "#";
  for (const char c : pointer) {
    if (is_fragment_char(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
    }
  }
  return out;
}

std::string counted(std::string_view bound, std::uint64_t limit, std::string_view noun, std::size_t has) {
  return fmt::format("must have {} {} {}, has {}", bound, limit, noun, has);
}

const Property* find_property(const std::vector<Property>& properties, std::string_view name) {
  const auto found = std::ranges::lower_bound(properties, name, {},
                                              [](const Property& p) { return std::string_view(p.name); });
  return found != properties.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

std::vector<Violation> Validator::run(const json::Value& value) {
  check(0, value, nullptr);
  if (!is_spent_) return std::move(violations_);
  return {{.pointer = std::string(base_),
           .keyword = "budget",
           .message = "takes too much work to check against the schema",
           .schema = "#"}};
}

bool Validator::spend(std::size_t steps) {
  is_spent_ = is_spent_ || steps > steps_left_;
  steps_left_ -= is_spent_ ? 0 : steps;
  return !is_spent_;
}

bool Validator::is_over() const { return is_spent_ || violations_.size() >= Schema::violations_max; }

void Validator::check(Index node, const json::Value& value, const Path* path) {
  if (is_over() || !spend(1)) return;
  check_group(Group::any, node, value, path);
  switch (value.kind()) {
    case json::Kind::null:
    case json::Kind::bool_: return;
    case json::Kind::int64:
    case json::Kind::uint64:
    case json::Kind::double_: return check_group(Group::number, node, value, path);
    case json::Kind::string: return check_group(Group::string, node, value, path);
    case json::Kind::array: return check_group(Group::array, node, value, path);
    case json::Kind::object: return check_group(Group::object, node, value, path);
  }
}

void Validator::check_group(Group group, Index node, const json::Value& value, const Path* path) {
  const auto& begin = code_.nodes[node].begin;
  const auto last = begin[static_cast<std::size_t>(group) + 1];
  for (auto i = begin[static_cast<std::size_t>(group)]; i < last; ++i) {
    if (is_over() || !spend(1)) return;
    const Instruction& at = code_.instructions[i];
    switch (group) {
      case Group::any: check_any(at, node, value, path); break;
      case Group::number: check_number(at, node, value, path); break;
      case Group::string: check_string(at, node, json::view(value.get_string()), path); break;
      case Group::array: check_array(at, node, value.get_array(), path); break;
      case Group::object: check_object(at, node, value.get_object(), path); break;
    }
  }
}

void Validator::check_any(const Instruction& at, Index node, const json::Value& value, const Path* path) {
  if (at.op == Op::type) {
    const auto mask = static_cast<std::uint8_t>(at.operand);
    if ((type_bits(value) & mask) != 0) return;
    violate(at.op, node, path, fmt::format("must be {}, got {}", type_names(mask), json::type_name(value)));
  } else if (at.op == Op::enumeration) {
    const Enumeration& list = code_.enumerations[at.index];
    if (is_listed(list, value) || is_spent_) return;
    violate(at.op, node, path, fmt::format("must be one of {}", list.shown));
  } else if (at.op == Op::constant) {
    const json::Value& expected = code_.values[at.index];
    if (spend(at.operand) && !json::equal(value, expected)) {
      violate(at.op, node, path, fmt::format("must be {}", shorten(json::canonical(expected))));
    }
  } else if (at.op == Op::reference) {
    check(at.index, value, path);
  } else {
    violate_never(node, path);
  }
}

bool Validator::is_listed(const Enumeration& list, const json::Value& value) {
  if (const auto* text = value.if_string()) {
    return std::ranges::binary_search(list.strings, json::view(*text), {},
                                      [](const std::string& item) { return std::string_view(item); });
  }
  return spend(value.is_structured() ? list.weight : list.others.size()) &&
         std::ranges::any_of(list.others,
                             [&value](const json::Value& item) { return json::equal(item, value); });
}

void Validator::check_number(const Instruction& at, Index node, const json::Value& value, const Path* path) {
  const json::Value& limit = code_.values[at.index];
  if (at.op == Op::multiple_of) {
    if (!is_multiple(to_decimal(value), code_.decimals[at.index])) {
      violate(at.op, node, path, fmt::format("must be a multiple of {}", json::canonical(limit)));
    }
    return;
  }
  const int order = json::compare_numbers(value, limit);
  std::string_view rule;
  if (at.op == Op::minimum && order < 0) rule = "at least";
  if (at.op == Op::maximum && order > 0) rule = "at most";
  if (at.op == Op::exclusive_minimum && order <= 0) rule = "more than";
  if (at.op == Op::exclusive_maximum && order >= 0) rule = "less than";
  if (rule.empty()) return;
  violate(at.op, node, path,
          fmt::format("must be {} {}, is {}", rule, json::canonical(limit), json::canonical(value)));
}

void Validator::check_string(const Instruction& at, Index node, std::string_view text, const Path* path) {
  if (at.op == Op::pattern) {
    const Pattern& pattern = code_.patterns[at.index];
    if (!spend(pattern.cost(text)) || pattern.matches(text)) return;
    violate(at.op, node, path, fmt::format("must match the pattern {}", shorten(pattern.text())));
    return;
  }
  // A code point has one to four bytes, so most lengths need no counting.
  const bool is_fine = at.op == Op::max_length ? text.size() <= at.operand : text.size() / 4 >= at.operand;
  if (is_fine || !spend(text.size() / 16)) return;
  const auto length = json::code_point_count(text);
  if (at.op == Op::max_length && length > at.operand) {
    violate(at.op, node, path, counted("at most", at.operand, "characters", length));
  } else if (at.op == Op::min_length && length < at.operand) {
    violate(at.op, node, path, counted("at least", at.operand, "characters", length));
  }
}

void Validator::check_array(const Instruction& at, Index node, const json::Array& items, const Path* path) {
  if (at.op == Op::items) {
    for (std::size_t i = 0; i < items.size() && !is_over(); ++i) {
      const Path step{.parent = path, .key = {}, .index = i};
      check(at.index, items[i], &step);
    }
  } else if (at.op == Op::unique_items) {
    std::size_t values = 0;
    for (const auto& item : items) values += count_values(item);
    if (!spend(values * steps_per_unique_value)) return;
    const auto repeated = find_repeated(items);
    if (!repeated) return;
    const Path step{.parent = path, .key = {}, .index = *repeated};
    violate(at.op, node, &step, "equals an earlier item");
  } else if (at.op == Op::min_items && items.size() < at.operand) {
    violate(at.op, node, path, counted("at least", at.operand, "items", items.size()));
  } else if (at.op == Op::max_items && items.size() > at.operand) {
    violate(at.op, node, path, counted("at most", at.operand, "items", items.size()));
  }
}

void Validator::check_object(const Instruction& at, Index node, const json::Object& object,
                             const Path* path) {
  if (at.op == Op::members) {
    check_members(code_.members[at.index], object, path);
  } else if (at.op == Op::required) {
    check_required(at, node, object, path);
  } else if (at.op == Op::min_properties && object.size() < at.operand) {
    violate(at.op, node, path, counted("at least", at.operand, "members", object.size()));
  } else if (at.op == Op::max_properties && object.size() > at.operand) {
    violate(at.op, node, path, counted("at most", at.operand, "members", object.size()));
  }
}

void Validator::check_required(const Instruction& at, Index node, const json::Object& object,
                               const Path* path) {
  const auto& names = code_.name_lists[at.index];
  if (!spend(names.size() * steps_per_lookup)) return;
  for (const auto& name : names) {
    if (is_over()) return;
    if (object.if_contains(name) != nullptr) continue;
    const Path step{.parent = path, .key = name, .index = 0};
    violate(at.op, node, &step, "is required");
  }
}

void Validator::check_members(const Members& members, const json::Object& object, const Path* path) {
  for (const auto& member : object) {
    if (is_over()) return;
    const Path step{.parent = path, .key = member.key(), .index = 0};
    check_member(members, member.key(), member.value(), &step);
  }
}

void Validator::check_member(const Members& members, std::string_view key, const json::Value& value,
                             const Path* path) {
  const Property* property = find_property(members.properties, key);
  if (property != nullptr) check(property->node, value, path);
  bool is_named = property != nullptr;
  for (const auto& [pattern, node] : members.patterns) {
    if (is_over() || !spend(code_.patterns[pattern].cost(key))) return;
    if (!code_.patterns[pattern].matches(key)) continue;
    is_named = true;
    check(node, value, path);
  }
  if (!is_named && members.additional != none) check(members.additional, value, path);
}

void Validator::violate(Op op, Index node, const Path* path, std::string message) {
  if (is_over()) return;
  std::string place = code_.pointer_of(node);
  json::append_token(place, keyword_of(op));
  violations_.push_back({.pointer = pointer_to(path),
                         .keyword = std::string(keyword_of(op)),
                         .message = std::move(message),
                         .schema = to_fragment(place)});
}

// The schema false has no keyword of its own: the one that applied it is named.
void Validator::violate_never(Index node, const Path* path) {
  const std::string& token = code_.places[node].token;
  std::string_view keyword = keyword_of(Op::never);
  for (const std::string_view name :
       {"/properties/", "/patternProperties/", "/additionalProperties", "/items"}) {
    if (token.starts_with(name)) keyword = name.substr(1, name.find('/', 1) - 1);
  }
  violations_.push_back({.pointer = pointer_to(path),
                         .keyword = std::string(keyword),
                         .message = "is not allowed here",
                         .schema = to_fragment(code_.pointer_of(node))});
}

std::string Validator::pointer_to(const Path* path) const {
  std::vector<const Path*> steps;
  for (const Path* at = path; at != nullptr; at = at->parent) steps.push_back(at);
  std::string pointer(base_);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if ((*step)->key.data() != nullptr) {
      json::append_token(pointer, (*step)->key);
    } else {
      json::append_token(pointer, (*step)->index);
    }
  }
  return pointer;
}

}  // namespace xzepr::jsonschema
