// A new API key out of a request's JSON: {name, username?, roles?, rpm?, receiver?, expires_at?}.
#pragma once

#include "base/error.hpp"
#include "json/value.hpp"
#include "service/identity_service.hpp"

namespace xzepr::api::rest {

/// "request_invalid" with all violations.
[[nodiscard]] Result<service::NewApiKey> parse_new_api_key(const json::Value& body);

}  // namespace xzepr::api::rest
