// Brings the stored gates of changed groups up to date, slice by slice. The writer's thread.
#pragma once

#include "store/gate_store.hpp"
#include "store/sqlite/tables.hpp"

namespace xzepr::store::sqlite {

inline constexpr std::size_t sweep_slice_artifacts = 500;

class Sweeper {
 public:
  Sweeper(Connection& connection, Tables& tables, IdSource& ids);

  /// As GateStore::sweep_slice.
  [[nodiscard]] SweepProgress slice(const domain::Catalogue& catalogue, TimePoint now);

 private:
  struct Work {
    GroupId group_id;
    std::int64_t after_artifact_no;
  };
  [[nodiscard]] std::optional<Work> oldest();
  [[nodiscard]] std::vector<std::int64_t> next_artifacts(const domain::Group& group, std::int64_t after);
  void sweep(const domain::Group& group, const std::vector<std::int64_t>& numbers, Head& head, TimePoint now);

  Connection& connection_;
  Tables& tables_;
  IdSource& ids_;
  Statement oldest_;
  Statement with_outcome_;
  Statement with_gate_;
  Statement move_on_;
  Statement finish_;
};

}  // namespace xzepr::store::sqlite
