// The bookkeeping of one batch between its units and its rows: which units take part, what each is answered.
// Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "domain/gate.hpp"
#include "store/append_writer.hpp"
#include "store/postgres/append_sql.hpp"

namespace xzepr::store::postgres {

[[nodiscard]] Error idempotency_mismatch();

class AppendBatch {
 public:
  explicit AppendBatch(std::span<const AppendUnit* const> units);

  /// Units not answered yet and not waiting for their twin take part.
  [[nodiscard]] bool is_settled() const { return events_.empty(); }
  [[nodiscard]] const std::vector<const domain::Event*>& events() const { return events_; }
  /// One of these events per artifact, by artifact id.
  [[nodiscard]] const std::vector<const domain::Event*>& first_events() const { return first_events_; }
  /// Of the units that take part.
  [[nodiscard]] const std::vector<const IdempotencyClaim*>& claims() const { return claims_; }
  /// The newest snapshot among the units'; every unit must be at the head's revision, or the batch is stale.
  [[nodiscard]] const domain::Catalogue& catalogue() const { return *catalogue_; }
  [[nodiscard]] bool is_at(std::int64_t revision) const;

  /// Keys found taken: their units, twins too, are answered from what is stored and take no part any more.
  void settle_taken(std::span<const StoredAnswer> stored);
  /// What must be stored under the claims of the units that take part.
  [[nodiscard]] std::vector<StoredAnswer> answers_to_store(std::span<const domain::Appended> answers) const;
  /// The commit succeeded: `answers` are those of events(), in order. Gives the outcomes of all units.
  [[nodiscard]] BatchCommitted finish(std::vector<domain::Appended> answers);

 private:
  void gather();
  void answer(std::size_t unit, const StoredAnswer& stored);
  [[nodiscard]] bool takes_part(std::size_t unit) const { return !outcomes_[unit] && !twin_of_[unit]; }

  std::span<const AppendUnit* const> units_;
  std::vector<std::optional<AppendOutcome>> outcomes_;
  std::vector<std::optional<std::size_t>> twin_of_;  // an earlier unit with the same claim
  std::shared_ptr<const domain::Catalogue> catalogue_;
  std::vector<const domain::Event*> events_;
  std::vector<const domain::Event*> first_events_;
  std::vector<const IdempotencyClaim*> claims_;
};

}  // namespace xzepr::store::postgres
