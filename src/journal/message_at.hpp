// One message again, out of its row.
#pragma once

#include <expected>
#include <string>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "domain/cloud_event.hpp"
#include "store/journal_store.hpp"

namespace xzepr::journal {

/// The message at this position, or why there is none: the row is not stored any more, or cannot be rendered.
/// Throws Fault when the store is away.
[[nodiscard]] Task<std::expected<domain::Message, std::string>> message_at(store::JournalStore& journal,
                                                                           std::int64_t position,
                                                                           domain::MessageProfile profile,
                                                                           Deadline deadline);

}  // namespace xzepr::journal
