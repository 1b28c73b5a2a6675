// Reads gates and what decides them. One connection, one thread at a time.
#pragma once

#include <vector>

#include "store/gate_store.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

class GateReader {
 public:
  explicit GateReader(Connection& connection);

  [[nodiscard]] GateReading read(const domain::ArtifactId& artifact, GroupId group,
                                 const std::vector<ReceiverId>& receivers);
  [[nodiscard]] std::vector<GateListing> list(const GateListQuery& query);
  [[nodiscard]] std::uint64_t count(const GateListQuery& query);
  [[nodiscard]] bool is_evaluating(GroupId group);

 private:
  void list_state(const GateListQuery& query, domain::GateState state, std::vector<GateListing>& found);

  Connection& connection_;
  Statement find_number_;
  Statement find_outcome_;
  Statement find_gate_;
  Statement find_sweep_;
  Statement list_;
  Statement count_;
};

}  // namespace xzepr::store::sqlite
