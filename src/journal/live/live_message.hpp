// A message as streams have it: the CloudEvent, and what filters and rights look at.
#pragma once

#include <memory>
#include <string>

#include "domain/cloud_event.hpp"
#include "domain/journal_entry.hpp"
#include "domain/message_filter.hpp"

namespace xzepr::journal::live {

struct LiveMessage {
  domain::JournalRow row;
  domain::MessageFacts facts;
  std::string body;  ///< JSON text; "" for rows that are no message
};
using Shown = std::shared_ptr<const LiveMessage>;

/// Never null: a row that cannot be rendered is one without a body, so that positions have no gap.
[[nodiscard]] Shown show(const domain::JournalEntry& entry);

}  // namespace xzepr::journal::live
