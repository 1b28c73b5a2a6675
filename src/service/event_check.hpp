// The rules of one event, against one snapshot: text cleaned, receiver found, rights, formats, payload,
// times. Pure, so that an event whose catalogue has moved on is checked again at no cost but time.
#pragma once

#include "base/error.hpp"
#include "domain/event.hpp"
#include "identity/principal.hpp"
#include "service/catalogue.hpp"
#include "service/event_service.hpp"

namespace xzepr::service {

struct EventCheckInput {
  const identity::Principal& principal;
  const CompiledCatalogue& snapshot;
  TimePoint now;
};

/// The event as it will be stored, under `id`. All faults at once: "payload_invalid" when only the payload is
/// at fault, else "request_invalid". Before them, in this order: "receiver_unknown" (400; also for one that
/// the caller may not see), "permission_denied" (visible, but not the caller's to post to),
/// "receiver_disabled". A time left out is the time of arrival, moved as far as needed to keep the start
/// before the end.
[[nodiscard]] Result<domain::Event> check_event(const EventCheckInput& input, const NewEvent& event,
                                                EventId id);

}  // namespace xzepr::service
