// A new event out of a request's JSON. Rules of the fields are the service's; here it is shape and types.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "json/value.hpp"
#include "service/event_service.hpp"

namespace xzepr::api::rest {

/// An item of a batch may carry "idempotency_key"; anywhere else the member is unknown.
enum class ItemKey : std::uint8_t { refused, allowed };

/// "request_invalid" with all violations.
[[nodiscard]] Result<service::NewEvent> parse_new_event(json::Value body, ItemKey item_key);

}  // namespace xzepr::api::rest
