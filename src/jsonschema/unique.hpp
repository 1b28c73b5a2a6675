// uniqueItems.
#pragma once

#include <cstddef>
#include <optional>

#include "json/value.hpp"

namespace xzepr::jsonschema {

/// The index of an item that equals an earlier one, 1 and 1.0 being equal; nullopt when all differ. Takes
/// time n log n whatever the items are.
[[nodiscard]] std::optional<std::size_t> find_repeated(const json::Array& items);

/// All integers, or all strings: these are compared without being spelled out.
[[nodiscard]] bool are_alike(const json::Array& items);

struct Weight {
  std::size_t values = 0;  ///< JSON values, itself included
  std::size_t bytes = 0;   ///< of strings and keys
};
[[nodiscard]] Weight weight_of(const json::Value& value);

}  // namespace xzepr::jsonschema
