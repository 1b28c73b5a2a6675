// The port of the search index. It is not part of an append: a job files events under their terms a moment
// later, in the order of the journal, so an append costs what it did without. What is not filed yet is
// proposed by the same call, so an answer never depends on how far the job is; only its time does. One object
// per shard.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "domain/search_terms.hpp"

namespace xzepr::store {

/// Where the index stands after a slice.
struct IndexProgress {
  std::size_t events = 0;             ///< filed in this slice
  std::int64_t head_position = 0;     ///< of the journal, when the slice began
  std::int64_t indexed_position = 0;  ///< everything up to here is filed

  [[nodiscard]] bool is_behind() const { return indexed_position < head_position; }
};

class SearchStore {
 public:
  virtual ~SearchStore() = default;

  // Each throws Fault when the store is away or out of time.

  /// All events that may match: those filed under the terms, and those not filed yet. Unsorted, none twice,
  /// one snapshot. nullopt: more than `max`.
  [[nodiscard]] virtual Task<std::optional<std::vector<EventId>>> candidates(domain::SearchTerms terms,
                                                                             std::size_t max,
                                                                             Deadline deadline) = 0;
  /// Those there are of these, in any order.
  [[nodiscard]] virtual Task<std::vector<domain::Event>> read(std::vector<EventId> ids,
                                                              Deadline deadline) = 0;
  /// Files the next events, a few hundred, in one transaction. Any node may call; two at once do no harm.
  [[nodiscard]] virtual Task<IndexProgress> index_slice(Deadline deadline) = 0;
};

}  // namespace xzepr::store
