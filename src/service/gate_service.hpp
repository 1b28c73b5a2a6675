// "Why is it not open?": the state of a gate for an artifact, waiting for it, and lists. One object per
// shard.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "domain/gate.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/page.hpp"
#include "store/gate_store.hpp"

namespace xzepr::service {

struct ReceiverStatus {
  ReceiverId id;
  std::string name;
  domain::Outcome outcome = domain::Outcome::missing;
  std::optional<EventId> event_id;
  std::optional<TimePoint> at;
};
struct GateStatus {
  domain::Group group;
  domain::ArtifactId artifact_id;
  std::optional<domain::Artifact> artifact;  ///< always set by status and wait
  domain::GateState state = domain::GateState::pending;
  std::size_t passed = 0;
  std::size_t total = 0;
  std::optional<TimePoint> since;  ///< absent when the artifact has no event of the group
  std::optional<TimePoint> first_opened_at;
  bool is_evaluating = false;
  std::vector<ReceiverStatus> receivers;  ///< in the group's order
};
struct GateArtifact {
  domain::Artifact artifact;
  domain::GateRow gate;
};

class GateService {
 public:
  GateService(store::GateStore& gates, store::ArtifactStore& artifacts,
              store::CatalogueStore& catalogue_store, Catalogue& catalogue, const CursorCodec& cursors);

  /// An artifact that nobody has posted about is pending with all receivers missing when the pattern is
  /// exact; several matches: "artifact_ambiguous" (409) listing them; none: "artifact_unknown".
  [[nodiscard]] Task<Result<GateStatus>> status(const Context& context, std::string group,
                                                domain::ArtifactPattern artifact);
  /// "group_unknown" also when the group is deleted meanwhile. As status, but holds the answer up to `wait`
  /// (at most 25 s) until the gate is open or failing.
  [[nodiscard]] Task<Result<GateStatus>> wait(const Context& context, std::string group,
                                              domain::ArtifactPattern artifact,
                                              std::chrono::milliseconds wait);
  [[nodiscard]] Task<Result<Page<GateArtifact>>> artifacts(const Context& context, std::string group,
                                                           std::optional<domain::GateState> state,
                                                           PageRequest page);

 private:
  struct Target;
  Task<Result<Target>> find_target(const Context& context, std::string group,
                                   domain::ArtifactPattern pattern);
  Task<Result<GateStatus>> status_of(const Context& context, const Target& target);

  store::GateStore& gates_;
  store::ArtifactStore& artifacts_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
};

}  // namespace xzepr::service
