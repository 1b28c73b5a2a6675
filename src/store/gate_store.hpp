// The port of gates and artifacts: what is derived from events, kept by the same transactions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "domain/catalogue.hpp"
#include "domain/gate.hpp"

namespace xzepr::store {

/// Everything that decides one gate for one artifact, read in one snapshot.
struct GateReading {
  std::vector<domain::OutcomeRow> outcomes;  ///< of the group's receivers
  std::optional<domain::GateRow> gate;
  bool is_evaluating = false;  ///< a sweep of the group is not finished
};

/// One stored gate with its artifact, for lists. Stuck ones first: failing, then pending, then open; oldest
/// `since` first.
struct GateListing {
  domain::GateRow gate;
  domain::Artifact artifact;
};
struct GateListQuery {
  GroupId group_id;
  std::optional<domain::GateState> state;
  /// The last row of the page before, exclusive: (rank of state, since, artifact id).
  struct After {
    domain::GateState state;
    TimePoint since;
    domain::ArtifactId artifact_id;
  };
  std::optional<After> after;
  std::size_t limit = 50;
};

struct SweepProgress {
  bool is_found = false;      ///< there was something to sweep
  std::size_t artifacts = 0;  ///< looked at in this slice
};

class GateStore {
 public:
  virtual ~GateStore() = default;

  [[nodiscard]] virtual Task<GateReading> read(domain::ArtifactId artifact, GroupId group,
                                               std::vector<ReceiverId> receivers, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::vector<GateListing>> list(GateListQuery query, Deadline deadline) = 0;
  /// On all pages together.
  [[nodiscard]] virtual Task<std::uint64_t> count(GateListQuery query, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<bool> is_evaluating(GroupId group, Deadline deadline) = 0;

  /// One slice (500 artifacts) of the oldest unfinished sweep, in one transaction under the head lock,
  /// against `catalogue`; nothing is done (is_found true, artifacts 0) when its revision is not the head's.
  /// Any node may call.
  [[nodiscard]] virtual Task<SweepProgress> sweep_slice(std::shared_ptr<const domain::Catalogue> catalogue,
                                                        TimePoint now, Deadline deadline) = 0;
};

struct ArtifactListing {
  domain::ArtifactId id;
  domain::Artifact artifact;
  TimePoint first_seen_at;
};
struct ArtifactQuery {
  std::optional<std::string> name, version, release, platform_id, package;
  /// Only artifacts with an outcome of one of these; nullopt: all.
  std::optional<std::vector<ReceiverId>> receivers;
  std::optional<domain::ArtifactId> after;  ///< by id
  std::size_t limit = 50;
};

/// One journal row; an event_created row comes with its event.
struct TimelineEntry {
  domain::JournalRow row;
  std::optional<domain::Event> event;
};

class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;

  [[nodiscard]] virtual Task<std::optional<ArtifactListing>> find(domain::ArtifactId id,
                                                                  Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::vector<ArtifactListing>> list(ArtifactQuery query, Deadline deadline) = 0;
  /// On all pages together.
  [[nodiscard]] virtual Task<std::uint64_t> count(ArtifactQuery query, Deadline deadline) = 0;
  /// In order of arrival, after a journal position.
  [[nodiscard]] virtual Task<std::vector<TimelineEntry>> timeline(domain::ArtifactId id, std::int64_t after,
                                                                  std::size_t limit, Deadline deadline) = 0;
};

}  // namespace xzepr::store
