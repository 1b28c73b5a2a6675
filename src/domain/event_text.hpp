// An event as the members of a JSON object: the same in answers and in messages.
#pragma once

#include <cstdint>

#include "domain/event.hpp"
#include "json/object_text.hpp"

namespace xzepr::domain {

/// names: neither payload nor description.
enum class EventDetail : std::uint8_t { whole, names };

void add_artifact(json::ObjectText& object, const Artifact& artifact);
/// A payload that is empty, which no event's own is, is left out.
void add_event(json::ObjectText& object, const Event& event, EventDetail detail = EventDetail::whole);

}  // namespace xzepr::domain
