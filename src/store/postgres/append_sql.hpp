// The statements of the write path, each over arrays: one statement per table and batch, whatever the batch's
// size. Shared by appends, sweeps and changes of the catalogue.
#pragma once

#include <span>
#include <vector>

#include "domain/event.hpp"
#include "domain/gate.hpp"
#include "store/database.hpp"
#include "store/event_store.hpp"
#include "store/postgres/artifact_state.hpp"

namespace xzepr::store::postgres {

/// What the plan test explains: every statement of the write path.
[[nodiscard]] std::span<const Statement* const> append_statements();

[[nodiscard]] Call begin();
[[nodiscard]] Call commit();
[[nodiscard]] Call rollback();

/// The one row that orders all writers.
struct Head {
  std::int64_t position = 0;
  std::int64_t catalogue_revision = 0;
  std::int64_t epoch = 0;
  // The most by which the time in an event's id was ever ahead of and behind its created_at.
  std::int64_t id_lead_ms = 0;
  std::int64_t id_lag_ms = 0;
};
/// A statement of its own: what the lock guards must be read by a later one, whose snapshot is younger than
/// the lock.
[[nodiscard]] Call lock_head();
/// Everything but the epoch.
[[nodiscard]] Call set_head(const Head& head);
[[nodiscard]] Head head_of(const Rows& rows);
/// Widens lead and lag by these events.
void note_times(Head& head, std::span<const domain::Event* const> events);

[[nodiscard]] Call insert_events(std::span<const domain::Event* const> events);
[[nodiscard]] Call event_exists(EventId id);
/// The artifacts that these events name; those that exist are left alone. Before the lock: whoever inserts
/// the same artifact at the same time waits for the other, so all go by the order of artifact ids.
[[nodiscard]] Call insert_artifacts(std::span<const domain::Event* const> first_events);

// Under the head lock nobody else writes these tables, so what was read decides between insert and update,
// and no upsert is needed. `numbers` holds every artifact of the rows.
[[nodiscard]] Call insert_outcomes(std::span<const domain::OutcomeRow> rows, const ArtifactNumbers& numbers);
[[nodiscard]] Call update_outcomes(std::span<const domain::OutcomeRow> rows, const ArtifactNumbers& numbers);
[[nodiscard]] Call insert_gates(std::span<const domain::GateRow> rows, const ArtifactNumbers& numbers);
[[nodiscard]] Call update_gates(std::span<const domain::GateRow> rows, const ArtifactNumbers& numbers);
[[nodiscard]] Call insert_journal(std::span<const domain::JournalRow> rows, const ArtifactNumbers& numbers);

struct StoredAnswer {
  IdempotencyClaim claim;
  std::string answer;
};
/// Which of the keys are taken, and by what.
[[nodiscard]] Call read_answers(std::span<const IdempotencyClaim* const> claims);
[[nodiscard]] std::vector<StoredAnswer> answers_of(const Rows& rows);
[[nodiscard]] Call insert_answers(std::span<const StoredAnswer> answers, TimePoint now);

}  // namespace xzepr::store::postgres
