// uniqueItems.
#pragma once

#include <cstddef>
#include <optional>

#include "json/value.hpp"

namespace xzepr::jsonschema {

/// The index of an item that equals an earlier one, 1 and 1.0 being equal; nullopt when all differ. Takes
/// time n log n whatever the items are.
[[nodiscard]] std::optional<std::size_t> find_repeated(const json::Array& items);

/// JSON values in `value`, itself included.
[[nodiscard]] std::size_t count_values(const json::Value& value);

}  // namespace xzepr::jsonschema
