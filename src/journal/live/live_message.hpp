// A message as streams have it: the CloudEvent, and what filters and rights look at.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domain/cloud_event.hpp"
#include "domain/journal_entry.hpp"

namespace xzepr::journal::live {

struct LiveMessage {
  domain::JournalRow row;
  std::string type;      ///< of the receiver or group
  std::string artifact;  ///< as a person names it; "" for what is not about one
  bool is_success = true;
  std::string body;  ///< JSON text; "" for rows that are no message
};
using Shown = std::shared_ptr<const LiveMessage>;

/// Never null: a row that cannot be rendered is one without a body, so that positions have no gap.
[[nodiscard]] Shown show(const domain::JournalEntry& entry);

/// What a client asks for. Absent: everything.
struct Filter {
  std::optional<std::string> type = std::nullopt;
  std::optional<std::string> artifact = std::nullopt;  ///< with * for any text and ? for any character
  std::optional<GroupId> group = std::nullopt;         ///< messages about this group
  std::optional<bool> is_success = std::nullopt;

  [[nodiscard]] bool matches(const LiveMessage& message) const;
};

/// * matches any text, also none, ? any one byte, everything else itself. In time proportional to the product
/// of the lengths.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace xzepr::journal::live
