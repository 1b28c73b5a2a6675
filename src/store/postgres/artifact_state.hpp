// What is stored about the artifacts of a batch or a sweep: their numbers, outcomes and gates, read in one
// statement.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "domain/gate.hpp"
#include "store/postgres/connection.hpp"

namespace xzepr::store::postgres {

/// An artifact gets its number with its first event; what belongs to it is keyed by the number.
using ArtifactNumbers = std::unordered_map<domain::ArtifactId, std::int64_t>;

struct ArtifactState {
  ArtifactNumbers numbers;
  std::vector<domain::OutcomeRow> outcomes;
  std::vector<domain::GateRow> gates;
};

/// The artifacts of these events, all stored by now, with all outcomes and gates. One that this very
/// transaction has stored has none, and costs one descent of one index.
[[nodiscard]] Call read_state(std::span<const domain::Event* const> first_events);
[[nodiscard]] Call read_state_by_number(std::span<const std::int64_t> numbers);
[[nodiscard]] ArtifactState state_of(const Rows& rows);

/// For the test of plans.
[[nodiscard]] std::span<const Statement* const> artifact_state_statements();

}  // namespace xzepr::store::postgres
