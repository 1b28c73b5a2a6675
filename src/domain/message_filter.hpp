// Which messages somebody wants: what a stream and a webhook ask for, and what of a message it is compared
// with. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/journal_entry.hpp"

namespace xzepr::domain {

/// What filters look at.
struct MessageFacts {
  std::string type;      ///< of the receiver or group
  std::string artifact;  ///< as a person names it; "" for what is not about one
  std::optional<GroupId> group_id;
  bool is_success = true;

  friend bool operator==(const MessageFacts&, const MessageFacts&) = default;
};
[[nodiscard]] MessageFacts facts_of(const JournalEntry& entry);

/// Absent: everything.
struct MessageFilter {
  std::optional<std::string> type = std::nullopt;
  std::optional<std::string> artifact = std::nullopt;  ///< with * for any text and ? for any character
  std::optional<GroupId> group = std::nullopt;         ///< messages about this group
  std::optional<bool> is_success = std::nullopt;

  [[nodiscard]] bool matches(const MessageFacts& facts) const;
  friend bool operator==(const MessageFilter&, const MessageFilter&) = default;
};

/// * matches any text, also none, ? any one byte, everything else itself. In time proportional to the product
/// of the lengths.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace xzepr::domain
