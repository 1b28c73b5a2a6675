// The SQL of an event list: fixed fragments, every value a parameter. One of a few drivers walks an index in
// the order of ids, so that a page costs what it shows and the next page starts where it ended.
#pragma once

#include <string>

#include "store/event_store.hpp"
#include "store/gate_store.hpp"
#include "store/postgres/params.hpp"

namespace xzepr::store::postgres {

struct PlannedQuery {
  std::string sql;
  Params params;
};

[[nodiscard]] PlannedQuery event_list(const EventQuery& query);
[[nodiscard]] PlannedQuery artifact_list(const ArtifactQuery& query);
[[nodiscard]] PlannedQuery gate_list(const GateListQuery& query);

}  // namespace xzepr::store::postgres
