// A new API key out of a request's JSON: {name, username?, roles?, rpm?, receiver?, expires_at?}.
#pragma once

#include <cstdint>

#include "base/error.hpp"
#include "json/value.hpp"
#include "service/identity_service.hpp"

namespace xzepr::api::rest {

inline constexpr std::int64_t rpm_max = 1'000'000'000;

/// "request_invalid" with all violations.
[[nodiscard]] Result<service::NewApiKey> parse_new_api_key(const json::Value& body);

}  // namespace xzepr::api::rest
