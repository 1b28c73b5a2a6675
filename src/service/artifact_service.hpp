// Use cases of artifacts: search, one artifact with its gates, its life in order. One object per shard.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/page.hpp"
#include "store/gate_store.hpp"

namespace xzepr::service {

/// Finds the one artifact that a pattern names. "artifact_ambiguous" (409, the matches listed), "artifact_unknown".
[[nodiscard]] Task<Result<store::ArtifactListing>> resolve_artifact(const Context& context, const domain::ArtifactPattern& pattern, store::ArtifactStore& store, Deadline deadline);

class ArtifactService {
 public:
  ArtifactService(store::ArtifactStore& artifacts, store::CatalogueStore& catalogue_store, Catalogue& catalogue, const CursorCodec& cursors);

  /// Visible are artifacts with an event of a visible receiver.
  [[nodiscard]] Task<Result<Page<store::ArtifactListing>>> list(const Context& context, domain::ArtifactPattern filter, PageRequest page);
  /// By id or pattern.
  [[nodiscard]] Task<Result<store::ArtifactListing>> get(const Context& context, std::string reference);
  /// Every visible event of the artifact in order of arrival, gates as milestones.
  [[nodiscard]] Task<Result<Page<store::TimelineEntry>>> timeline(const Context& context, std::string reference, PageRequest page);

 private:
  store::ArtifactStore& artifacts_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
};

}  // namespace xzepr::service
