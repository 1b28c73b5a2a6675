// The JSON value of the house. Boost.JSON's headers are included by this module only; everyone else says json::Value.
#pragma once

#include <boost/json/value.hpp>

namespace xzepr::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;
using String = boost::json::string;
using Kind = boost::json::kind;

}  // namespace xzepr::json
