// The items of a batch, each cut out of the body before it is parsed, so that a broken one fails alone and no
// item is larger than one request may be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "api/rest/event_parse.hpp"
#include "base/error.hpp"
#include "service/event_service.hpp"

namespace xzepr::api::rest {

enum class BatchFormat : std::uint8_t { array, lines };

/// The text of each item; views into `body`. Errors: "json_invalid" when the body is no array at all,
/// "batch_invalid" when it is empty, "batch_too_large" for more than 10,000 items.
[[nodiscard]] Result<std::vector<std::string_view>> split_batch(std::string_view body, BatchFormat format);

/// One item: "json_invalid", "request_invalid", or "item_too_large" over 1 MiB.
[[nodiscard]] Result<service::NewEvent> parse_item(std::string_view text, ItemKey item_key);

/// The faults of item `index` as they look from the whole batch.
void add_item_violations(std::vector<Violation>& violations, std::size_t index, const Error& error);

}  // namespace xzepr::api::rest
