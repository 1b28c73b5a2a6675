#include "jsonschema/unique.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "json/write.hpp"

namespace xzepr::jsonschema {
namespace {

// Equal values, and no others, have the same key. Not the canonical form of RFC 8785, which rounds large
// integral doubles to 17 digits and so spells some of them like an integer that they do not equal.
void append_key(std::string& out, const json::Value& value);

void append_number(std::string& out, double number) {
  if (std::trunc(number) == number && std::abs(number) < 0x1p63) {
    json::append(out, json::Value(static_cast<std::int64_t>(number)));
  } else if (std::trunc(number) == number && number > 0 && number < 0x1p64) {
    json::append(out, json::Value(static_cast<std::uint64_t>(number)));
  } else {
    json::append(out, json::Value(number));
  }
}

void append_object(std::string& out, const json::Object& object) {
  std::vector<const boost::json::key_value_pair*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::ranges::sort(members, {}, [](const auto* member) { return std::string_view(member->key()); });
  out += '{';
  for (const auto* member : members) {
    json::append_string(out, member->key());
    out += ':';
    append_key(out, member->value());
    out += ',';
  }
  out += '}';
}

void append_key(std::string& out, const json::Value& value) {
  if (const auto* object = value.if_object()) return append_object(out, *object);
  if (const auto* number = value.if_double()) return append_number(out, *number);
  const auto* array = value.if_array();
  if (array == nullptr) return json::append(out, value);
  out += '[';
  for (const auto& item : *array) {
    append_key(out, item);
    out += ',';
  }
  out += ']';
}

bool are_all(const json::Array& items, json::Kind kind) {
  return std::ranges::all_of(items, [kind](const json::Value& item) { return item.kind() == kind; });
}

/// `key_of(item)` orders items, and is equal for equal ones.
template <class KeyOf>
std::optional<std::size_t> find_by_key(const json::Array& items, KeyOf key_of) {
  std::vector<std::pair<decltype(key_of(items[0])), std::size_t>> keys;
  keys.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) keys.emplace_back(key_of(items[i]), i);
  std::ranges::sort(keys);
  std::optional<std::size_t> first;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    const auto& [key, index] = keys[i];
    if (key == keys[i - 1].first) first = std::min(first.value_or(index), index);
  }
  return first;
}

}  // namespace

bool are_alike(const json::Array& items) {
  return are_all(items, json::Kind::int64) || are_all(items, json::Kind::string);
}

std::optional<std::size_t> find_repeated(const json::Array& items) {
  if (items.empty()) return std::nullopt;
  if (are_all(items, json::Kind::int64))
    return find_by_key(items, [](const json::Value& item) { return item.get_int64(); });
  if (are_all(items, json::Kind::string))
    return find_by_key(items, [](const json::Value& item) { return json::view(item.get_string()); });
  return find_by_key(items, [](const json::Value& item) {
    std::string key;
    append_key(key, item);
    return key;
  });
}

Weight weight_of(const json::Value& value) {
  Weight weight;
  std::vector<const json::Value*> pending = {&value};
  while (!pending.empty()) {
    const json::Value* at = pending.back();
    pending.pop_back();
    ++weight.values;
    if (const auto* text = at->if_string()) {
      weight.bytes += text->size();
    } else if (const auto* array = at->if_array()) {
      for (const auto& item : *array) pending.push_back(&item);
    } else if (const auto* object = at->if_object()) {
      for (const auto& member : *object) {
        weight.bytes += member.key().size();
        pending.push_back(&member.value());
      }
    }
  }
  return weight;
}

}  // namespace xzepr::jsonschema
