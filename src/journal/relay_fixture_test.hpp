// Journal entries for tests of the relay: events of a few artifacts, and rows that are no messages.
#pragma once

#include <memory>

#include "domain/journal_entry.hpp"

namespace xzepr::journal {

inline Ulid ulid_of(std::int64_t number, std::uint8_t kind) {
  Ulid made;
  made.bytes[0] = 1;
  for (std::size_t i = 0; i < 8; ++i) made.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  made.bytes[6] = kind;
  return made;
}

inline domain::JournalEntry event_entry(std::int64_t position, std::int64_t artifact) {
  static const auto receiver = std::make_shared<const domain::Revision>(
      domain::Revision{.type = "dev.test", .body = "{}", .brief = "{}"});
  domain::Event event;
  event.id = EventId{ulid_of(position, 1)};
  event.artifact.name = "app";
  event.artifact.version = std::to_string(artifact);
  event.artifact_id.bytes[0] = static_cast<std::uint8_t>(artifact);
  event.payload = "{}";
  domain::JournalEntry entry;
  entry.row = {.position = position,
               .id = ulid_of(position, 2),
               .artifact_id = event.artifact_id,
               .event_id = event.id,
               .receiver_id = ReceiverId{}};
  entry.events.push_back(std::move(event));
  entry.receiver = receiver;
  return entry;
}

inline domain::JournalEntry gate_entry(std::int64_t position, std::int64_t artifact) {
  auto entry = event_entry(position, artifact);
  entry.row.kind = domain::JournalKind::gate_closed;
  entry.events.clear();
  return entry;
}

/// Its event is not stored any more.
inline domain::JournalEntry unrenderable_entry(std::int64_t position, std::int64_t artifact) {
  auto entry = event_entry(position, artifact);
  entry.events.clear();
  return entry;
}

}  // namespace xzepr::journal
