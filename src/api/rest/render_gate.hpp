// The answer to "why is it not open?", and gates in lists and timelines, as JSON text.
#pragma once

#include <map>
#include <string>

#include "service/artifact_service.hpp"
#include "service/gate_service.hpp"

namespace xzepr::api::rest {

void append_status(std::string& out, const service::GateStatus& status);
void append_gate_artifact(std::string& out, const service::GateArtifact& entry);

/// Names to show beside the ids of a timeline; what is missing is shown by id alone.
struct TimelineNames {
  std::map<ReceiverId, std::string> receivers;
  std::map<GroupId, std::string> groups;
};
void append_timeline_entry(std::string& out, const store::TimelineEntry& entry, const TimelineNames& names);

}  // namespace xzepr::api::rest
