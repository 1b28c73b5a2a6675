// What applying a set did, as the API says it.
#pragma once

#include <string>

#include "service/apply_service.hpp"

namespace xzepr::api::rest {

/// {"document", "kind", "change", "id", "name", "type", "version", "fields", and of a dry run "before",
/// "after"}; document is null for what was pruned, id for what a dry run would create.
void append_applied(std::string& out, const service::AppliedObject& object, service::ApplyMode mode);

}  // namespace xzepr::api::rest
