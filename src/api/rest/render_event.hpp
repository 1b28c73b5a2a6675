// Events, artifacts and what a poster is told, as JSON text.
#pragma once

#include <string>

#include "domain/event.hpp"
#include "domain/gate.hpp"
#include "domain/receiver.hpp"
#include "service/artifact_service.hpp"

namespace xzepr::api::rest {

void append_event(std::string& out, const domain::Event& event);
/// With `"receiver"`: the receiver itself, or null when the caller may not see it.
void append_event_with(std::string& out, const domain::Event& event, const domain::Receiver* receiver);

/// {"data": ID, "id": ID, "position": N, "gates": [...]}
void append_appended(std::string& out, const domain::Appended& appended);
/// The same as one result of a batch: with "status", and "replayed" where it was.
void append_batch_result(std::string& out, const domain::Appended& appended);

void append_artifact(std::string& out, const store::ArtifactListing& listing);

}  // namespace xzepr::api::rest
