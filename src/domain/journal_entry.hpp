// A journal row with the immutable things that its message is rendered from: events, and a receiver and a
// group as they were at the row's revisions.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/event.hpp"
#include "domain/journal_row.hpp"

namespace xzepr::domain {

/// A receiver or a group at one revision, out of the text that the store keeps of it.
struct Revision {
  std::string type;
  std::string body;   ///< JSON text
  std::string brief;  ///< the same without a receiver's schema, which may be large
};
/// nullopt: no JSON object with a type.
[[nodiscard]] std::optional<Revision> parse_revision(std::string body);

/// What is not there was not found: a row without something that its message needs cannot be rendered.
struct JournalEntry {
  JournalRow row;
  /// Of event_created and group_complete: the row's own event, then those of row.satisfying in their order. A
  /// payload of those longer than limits::satisfying_payload_bytes_max is left empty.
  std::vector<Event> events = {};
  std::shared_ptr<const Revision> receiver = nullptr;
  std::shared_ptr<const Revision> group = nullptr;
};

/// Of payloads and descriptions, which may be large; all else of an entry is not.
[[nodiscard]] std::size_t text_bytes(const JournalEntry& entry);

}  // namespace xzepr::domain
