// One operation as HTML: what it takes, what it answers, and a form to try it.
#pragma once

#include <string>

#include "api/route.hpp"
#include "json/value.hpp"

namespace xzepr::api::docs {

/// `schemas` are the document's.
[[nodiscard]] std::string operation_section(const Route& route, const json::Object& schemas);

}  // namespace xzepr::api::docs
