// One item of a batch, and its faults as they look from the whole.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "api/rest/event_parse.hpp"
#include "base/error.hpp"
#include "service/event_service.hpp"

namespace xzepr::api::rest {

/// One item: "json_invalid", "request_invalid", or "item_too_large" over 1 MiB.
[[nodiscard]] Result<service::NewEvent> parse_item(std::string_view text, ItemKey item_key);

/// The faults of item `index` as they look from the whole batch.
void add_item_violations(std::vector<Violation>& violations, std::size_t index, const Error& error);

}  // namespace xzepr::api::rest
