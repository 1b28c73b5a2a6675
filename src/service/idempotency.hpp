// Idempotency keys: what is claimed, what is stored as the answer, and what an item of a batch is compared
// by. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ulid.hpp"
#include "service/context.hpp"
#include "service/event_service.hpp"
#include "store/event_store.hpp"

namespace xzepr::service {

/// 1 to 255 visible ASCII characters.
[[nodiscard]] bool is_idempotency_key(std::string_view text);

/// Scoped to the caller, the route and the key.
[[nodiscard]] std::optional<store::IdempotencyClaim> claim_of(const Context& context,
                                                              const std::optional<Idempotency>& idempotency);

/// What an item of a batch is compared by: SHA-256 over all that it says, its key excepted.
[[nodiscard]] crypto::Sha256 content_hash(const NewEvent& event);

/// The stored answer of a created receiver or group: {"id": ..., "change": "created"}.
struct ChangeAnswer {
  Ulid id;
  Change change = Change::created;
};
[[nodiscard]] std::string encode_change(const ChangeAnswer& answer);
[[nodiscard]] std::optional<ChangeAnswer> decode_change(std::string_view text);

/// The events' stored answers, marked as replayed. Throws Fault when the text is none.
[[nodiscard]] std::vector<domain::Appended> replayed_answers(std::string_view text);

}  // namespace xzepr::service
