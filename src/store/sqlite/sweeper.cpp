#include "store/sqlite/sweeper.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace xzepr::store::sqlite {

Sweeper::Sweeper(Connection& connection, Tables& tables, IdSource& ids)
    : connection_(connection),
      tables_(tables),
      ids_(ids),
      oldest_(connection,
              "SELECT group_id, after_artifact_no FROM gate_sweeps ORDER BY gate_revision, group_id LIMIT 1"),
      with_outcome_(connection,
                    "SELECT artifact_no FROM outcomes WHERE receiver_id = ? AND artifact_no > ? "
                    "ORDER BY artifact_no LIMIT ?"),
      with_gate_(connection,
                 "SELECT artifact_no FROM gates WHERE group_id = ? AND artifact_no > ? ORDER BY artifact_no "
                 "LIMIT ?"),
      move_on_(connection, "UPDATE gate_sweeps SET after_artifact_no = ? WHERE group_id = ?"),
      finish_(connection, "DELETE FROM gate_sweeps WHERE group_id = ?") {}

std::optional<Sweeper::Work> Sweeper::oldest() {
  auto rows = oldest_.query();
  if (!rows.next()) return std::nullopt;
  return Work{.group_id = rows.id<GroupId>(0), .after_artifact_no = rows.integer(1)};
}

/// Those with an outcome of any receiver of the group, and those with a gate left by an older definition.
std::vector<std::int64_t> Sweeper::next_artifacts(const domain::Group& group, std::int64_t after) {
  std::set<std::int64_t> numbers;
  const auto add = [&](Rows rows) {
    while (rows.next()) numbers.insert(rows.integer(0));
  };
  for (const auto receiver : group.receiver_ids)
    add(with_outcome_.query(receiver, after, sweep_slice_artifacts));
  add(with_gate_.query(group.id, after, sweep_slice_artifacts));
  std::vector<std::int64_t> next(numbers.begin(), numbers.end());
  if (next.size() > sweep_slice_artifacts) next.resize(sweep_slice_artifacts);
  return next;
}

void Sweeper::sweep(const domain::Group& group, const std::vector<std::int64_t>& numbers, Head& head,
                    TimePoint now) {
  std::unordered_map<domain::ArtifactId, std::int64_t> number_of;
  std::vector<domain::ArtifactId> artifacts;
  std::vector<domain::OutcomeRow> outcomes;
  std::vector<domain::GateRow> gates;
  for (const auto number : numbers) {
    const auto artifact = tables_.artifact_id(number);
    number_of.emplace(artifact, number);
    artifacts.push_back(artifact);
    for (const auto receiver : group.receiver_ids) {
      if (const auto row = tables_.find_outcome({artifact, receiver}, number)) outcomes.push_back(*row);
    }
    if (const auto row = tables_.find_gate({artifact, group.id}, number)) gates.push_back(*row);
  }
  std::ranges::sort(artifacts);
  const auto folded = domain::sweep({.group = group,
                                     .artifacts = artifacts,
                                     .outcomes = outcomes,
                                     .gates = gates,
                                     .position = head.position,
                                     .now = now},
                                    ids_);
  for (const auto& row : folded.gates) tables_.write_gate(row, number_of.at(row.artifact_id));
  for (const auto& row : folded.journal) tables_.insert_journal(row, number_of.at(*row.artifact_id));
  head.position = folded.position;
}

SweepProgress Sweeper::slice(const domain::Catalogue& catalogue, TimePoint now) {
  Transaction transaction(connection_);
  const auto work = oldest();
  if (!work) return {};
  auto head = tables_.read_head();
  if (head.catalogue_revision != catalogue.revision()) return {.is_found = true, .artifacts = 0};
  // A disabled group records nothing; enabling it again schedules a sweep of its own.
  const auto* group = catalogue.find_group(work->group_id);
  std::vector<std::int64_t> numbers;
  if (group != nullptr && group->enabled) numbers = next_artifacts(*group, work->after_artifact_no);
  if (!numbers.empty()) {
    sweep(*group, numbers, head, now);
    tables_.write_head(head);
    move_on_.execute(numbers.back(), work->group_id);
  }
  if (numbers.size() < sweep_slice_artifacts) finish_.execute(work->group_id);
  transaction.commit();
  return {.is_found = true, .artifacts = numbers.size()};
}

}  // namespace xzepr::store::sqlite
