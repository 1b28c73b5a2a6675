// Use cases of artifacts: search, one artifact with its gates, its life in order. One object per shard.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/word_search.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/page.hpp"
#include "store/gate_store.hpp"

namespace xzepr::service {

/// Finds the one artifact, among those that the caller may see, that a pattern names. "artifact_ambiguous"
/// (409, up to ten matches listed), "artifact_unknown", "request_invalid".
[[nodiscard]] Task<Result<store::ArtifactListing>> resolve_artifact(const Context& context,
                                                                    domain::ArtifactPattern pattern,
                                                                    const domain::Catalogue& catalogue,
                                                                    store::ArtifactStore& store);

struct ArtifactFilter {
  domain::ArtifactPattern pattern = {};
  std::optional<std::string> q = {};  ///< over name, version and package
};

class ArtifactService {
 public:
  ArtifactService(store::ArtifactStore& artifacts, store::CatalogueStore& catalogue_store,
                  Catalogue& catalogue, const CursorCodec& cursors);

  /// Visible are artifacts with an event of a visible receiver. With q a page may have fewer items than its
  /// limit and a `next` all the same.
  [[nodiscard]] Task<Result<Page<store::ArtifactListing>>> list(const Context& context, ArtifactFilter filter,
                                                                PageRequest page);
  /// By id or pattern.
  [[nodiscard]] Task<Result<store::ArtifactListing>> get(const Context& context, std::string reference);
  /// Every visible event of the artifact in order of arrival, gates as milestones.
  [[nodiscard]] Task<Result<Page<store::TimelineEntry>>> timeline(const Context& context,
                                                                  std::string reference, PageRequest page);

 private:
  struct Walk;
  Task<Result<void>> walk(const Context& context, Walk& walk);
  Task<Result<Page<store::ArtifactListing>>> search(const Context& context, store::ArtifactQuery query,
                                                    const domain::WordSearch& words, const PageRequest& page,
                                                    const QueryText& text);
  Task<Result<std::vector<store::TimelineEntry>>> visible_entries(const Context& context,
                                                                  domain::ArtifactId id, std::int64_t after,
                                                                  std::size_t limit);

  store::ArtifactStore& artifacts_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
};

}  // namespace xzepr::service
