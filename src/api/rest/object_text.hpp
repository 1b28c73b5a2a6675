// The words by which answers are rendered; they belong to json/.
#pragma once

#include "json/object_text.hpp"

namespace xzepr::api::rest {

using json::append_array;
using json::ObjectText;

}  // namespace xzepr::api::rest
