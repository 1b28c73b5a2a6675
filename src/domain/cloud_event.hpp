// Messages: a journal entry as a structured CloudEvent 1.0 in JSON. Rendered from immutable things only, so
// that the same row gives the same bytes whenever and wherever it is sent.
//
//   id        the journal row's own ULID        type     the receiver's or group's
//   source    "xzepr"                           subject  the artifact, as a person names it; else the id of
//   time      when it was committed                      the receiver or group
//   sequence  the position, zero-padded         kind     see message_kind()
//   success   of the event; false of a gate that closed; true for all else
//   apiversion name version release platformid package   where there is an artifact
//   data      {"events": [...], "event_receivers": [...], "event_receiver_groups": [...]}
//
// The receiver of an event comes without its schema. A group-complete message has the event that triggered it
// first, then each event that satisfies the gate: without their payloads where these are long, and with
// neither payload nor description when the message would be longer than limits::message_bytes_max.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/ulid.hpp"
#include "domain/journal_entry.hpp"

namespace xzepr::domain {

/// compat writes platform_id and api_version, which the specification does not allow, for existing watchers.
enum class MessageProfile : std::uint8_t { strict, compat };
[[nodiscard]] std::optional<MessageProfile> parse_message_profile(std::string_view text);

/// "event.created" and so on; "" for rows that are no message: deletions.
[[nodiscard]] std::string_view message_kind(JournalKind kind);
/// What goes to a topic: gates that open and close without a passing event are for streams only.
[[nodiscard]] bool is_for_brokers(JournalKind kind);

struct Message {
  std::int64_t position = 0;
  Ulid id;
  std::string key;   ///< the artifact's id, else the receiver's or group's: what has one key stays in order
  std::string body;  ///< JSON text

  friend bool operator==(const Message&, const Message&) = default;
};

/// The key that a row's message has, whether or not it can be rendered.
[[nodiscard]] std::string message_key(const JournalRow& row);
/// Of a row with a message_kind(). Else, or when something is missing: why it cannot be rendered.
[[nodiscard]] std::expected<Message, std::string> render_message(const JournalEntry& entry,
                                                                 MessageProfile profile);

}  // namespace xzepr::domain
