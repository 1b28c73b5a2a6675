// The JSON value of the house. Boost.JSON's headers are included by this module only; everyone else says
// json::Value.
#pragma once

#include <string_view>

#include <boost/json/value.hpp>

namespace xzepr::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;
using String = boost::json::string;
using Kind = boost::json::kind;

/// As JSON Schema names it: null, boolean, integer, number, string, array, object. A double without a
/// fraction is an integer.
[[nodiscard]] std::string_view type_name(const Value& value);

/// A number of mathematical value without fraction, whatever its spelling: 1 and 1.0, not 1.5.
[[nodiscard]] bool is_integer(const Value& value);

[[nodiscard]] inline std::string_view view(const String& text) { return {text.data(), text.size()}; }

}  // namespace xzepr::json
