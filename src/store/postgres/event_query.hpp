// The SQL of lists: fixed fragments, every value a parameter. One of a few drivers walks an index in the
// order of ids, or gathers the few rows there are, so that a page costs what it shows and the next page
// starts where it ended.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/event_store.hpp"
#include "store/gate_store.hpp"
#include "store/postgres/connection.hpp"

namespace xzepr::store::postgres {

/// Up to this many artifacts are gathered and sorted; with more, what is asked for is common enough to be met
/// by walking.
inline constexpr std::size_t gathered_max = 1'000;

/// Numbers of the artifacts that a query with a name can mean: gathered_max and one more at most.
[[nodiscard]] PlannedQuery artifacts_named(const EventQuery& query);
[[nodiscard]] PlannedQuery event_list(const EventQuery& query);
/// Only events of these artifacts.
[[nodiscard]] PlannedQuery event_list(const EventQuery& query, std::span<const std::int64_t> artifacts);

/// How many there are on all pages. The query has no `after`.
[[nodiscard]] PlannedQuery event_count(const EventQuery& query);
[[nodiscard]] PlannedQuery event_count(const EventQuery& query, std::span<const std::int64_t> artifacts);
[[nodiscard]] PlannedQuery artifact_count(const ArtifactQuery& query);
[[nodiscard]] PlannedQuery gate_count(const GateListQuery& query);

/// Numbers of the artifacts with an outcome of the query's receivers: gathered_max and one more at most.
[[nodiscard]] PlannedQuery artifacts_of_receivers(const ArtifactQuery& query);
[[nodiscard]] PlannedQuery artifact_list(const ArtifactQuery& query);
[[nodiscard]] PlannedQuery artifact_list(const ArtifactQuery& query, std::span<const std::int64_t> artifacts);

/// The one number that a count gives.
[[nodiscard]] std::uint64_t count_of(const Rows& rows);
/// The rows of the two queries for numbers.
[[nodiscard]] std::vector<std::int64_t> numbers_of(const Rows& rows);

/// Empty when nothing can match.
[[nodiscard]] PlannedQuery gate_list(const GateListQuery& query);

}  // namespace xzepr::store::postgres
