// What the tests of the parsers share.
#pragma once

#include <string_view>

#include "json/parse.hpp"

namespace xzepr::api::rest {

inline json::Value parsed(std::string_view text) { return json::parse(text).value(); }

}  // namespace xzepr::api::rest
