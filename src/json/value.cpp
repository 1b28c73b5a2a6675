#include "json/value.hpp"

#include <cmath>
#include <utility>

namespace xzepr::json {

bool is_integer(const Value& value) {
  if (value.is_int64() || value.is_uint64()) return true;
  const double* number = value.if_double();
  return number != nullptr && std::isfinite(*number) && std::trunc(*number) == *number;
}

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return "null";
    case Kind::bool_: return "boolean";
    case Kind::int64:
    case Kind::uint64: return "integer";
    case Kind::double_: return is_integer(value) ? "integer" : "number";
    case Kind::string: return "string";
    case Kind::array: return "array";
    case Kind::object: return "object";
  }
  std::unreachable();
}

}  // namespace xzepr::json
