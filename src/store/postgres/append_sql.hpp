// The statements of the write path, each over arrays: one statement per table and batch, whatever the batch's
// size. Shared by appends, sweeps and changes of the catalogue.
#pragma once

#include <span>
#include <vector>

#include "domain/event.hpp"
#include "domain/gate.hpp"
#include "store/database.hpp"
#include "store/event_store.hpp"
#include "store/postgres/connection.hpp"

namespace xzepr::store::postgres {

/// What the plan test explains: every statement of the write path.
[[nodiscard]] std::span<const Statement* const> append_statements();

[[nodiscard]] Call begin();
[[nodiscard]] Call commit();
[[nodiscard]] Call rollback();

/// A statement of its own: what the lock guards must be read by a later one, whose snapshot is younger than
/// the lock.
[[nodiscard]] Call lock_head();
[[nodiscard]] Call set_head(std::int64_t position, std::int64_t catalogue_revision);
[[nodiscard]] HeadReading head_of(const Rows& rows);

[[nodiscard]] Call insert_events(std::span<const domain::Event* const> events);
/// One row per artifact that the events name first; those that exist are left alone.
[[nodiscard]] Call insert_artifacts(std::span<const domain::Event* const> events);
[[nodiscard]] Call event_exists(EventId id);

/// All outcomes of the artifacts: they stand side by side, so one descent finds those of any number of
/// receivers.
[[nodiscard]] Call read_outcomes(std::span<const domain::ArtifactId> artifacts);
[[nodiscard]] std::vector<domain::OutcomeRow> outcomes_of(const Rows& rows);
[[nodiscard]] Call read_gates(std::span<const domain::ArtifactId> artifacts);
[[nodiscard]] std::vector<domain::GateRow> gates_of(const Rows& rows);

// Under the head lock nobody else writes these tables, so what was read decides between insert and update,
// and no upsert is needed.
[[nodiscard]] Call insert_outcomes(std::span<const domain::OutcomeRow> rows);
[[nodiscard]] Call update_outcomes(std::span<const domain::OutcomeRow> rows);
[[nodiscard]] Call insert_gates(std::span<const domain::GateRow> rows);
[[nodiscard]] Call update_gates(std::span<const domain::GateRow> rows);
[[nodiscard]] Call insert_journal(std::span<const domain::JournalRow> rows);

struct StoredAnswer {
  IdempotencyClaim claim;
  std::string answer;
};
/// Which of the keys are taken, and by what.
[[nodiscard]] Call read_answers(std::span<const IdempotencyClaim* const> claims);
[[nodiscard]] std::vector<StoredAnswer> answers_of(const Rows& rows);
[[nodiscard]] Call insert_answers(std::span<const StoredAnswer> answers, TimePoint now);

}  // namespace xzepr::store::postgres
