// The rows that transactions of the writer read and write by key, each with one kept statement. The writer's
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/event.hpp"
#include "domain/gate.hpp"
#include "domain/journal_row.hpp"
#include "store/event_store.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

/// journal_head. Changed in memory by a transaction and written once, at its end.
struct Head {
  std::int64_t position = 0;
  std::int64_t catalogue_revision = 0;
  std::int64_t id_lead_ms = 0;
  std::int64_t id_lag_ms = 0;

  /// Widens lead and lag by what this event's id and time differ.
  void note_drift(const domain::Event& event);
};

struct StoredClaim {
  crypto::Sha256 body_hash{};
  std::string answer;
};

class Tables {
 public:
  explicit Tables(Connection& connection);

  [[nodiscard]] Head read_head();
  void write_head(const Head& head);

  [[nodiscard]] std::optional<std::int64_t> find_artifact(const domain::ArtifactId& id);
  /// Returns the artifact's number.
  std::int64_t insert_artifact(const domain::Event& first);
  [[nodiscard]] domain::ArtifactId artifact_id(std::int64_t artifact_no);

  void insert_event(const domain::Event& event, std::int64_t artifact_no, std::int64_t position);
  void insert_journal(const domain::JournalRow& row, std::optional<std::int64_t> artifact_no);

  [[nodiscard]] std::optional<domain::OutcomeRow> find_outcome(const domain::OutcomeKey& key,
                                                               std::int64_t artifact_no);
  void write_outcome(const domain::OutcomeRow& row, std::int64_t artifact_no);
  [[nodiscard]] std::optional<domain::GateRow> find_gate(const domain::GateKey& key,
                                                         std::int64_t artifact_no);
  void write_gate(const domain::GateRow& row, std::int64_t artifact_no);

  [[nodiscard]] std::optional<StoredClaim> find_claim(const IdempotencyClaim& claim);
  void insert_claim(const IdempotencyClaim& claim, const std::string& answer, TimePoint now);

 private:
  Connection& connection_;
  Statement read_head_;
  Statement write_head_;
  Statement find_artifact_;
  Statement insert_artifact_;
  Statement artifact_id_;
  Statement insert_event_;
  Statement insert_journal_;
  Statement find_outcome_;
  Statement write_outcome_;
  Statement find_gate_;
  Statement write_gate_;
  Statement find_claim_;
  Statement insert_claim_;
};

}  // namespace xzepr::store::sqlite
