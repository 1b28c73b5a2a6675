// Reads events. One connection, one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/event_store.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/event_list.hpp"

namespace xzepr::store::sqlite {

class EventReader {
 public:
  explicit EventReader(Connection& connection);

  [[nodiscard]] std::optional<domain::Event> find(EventId id);
  [[nodiscard]] std::vector<domain::Event> list(const EventQuery& query);
  [[nodiscard]] std::uint64_t count(EventQuery query);
  [[nodiscard]] Result<std::optional<std::string>> find_replay(const IdempotencyClaim& claim);

 private:
  [[nodiscard]] ListPath choose_path(const EventQuery& query);
  [[nodiscard]] IdRange range_of(const EventQuery& query);
  [[nodiscard]] std::vector<domain::Event> merge_receivers(const EventQuery& query, const IdRange& range);
  [[nodiscard]] std::vector<domain::Event> gather(const EventQuery& query, ListPath path,
                                                  const IdRange& range);
  [[nodiscard]] std::uint64_t count_one(const ListSql& sql);
  [[nodiscard]] Statement& prepared(const std::string& sql);

  Connection& connection_;
  Statement find_;
  Statement find_by_position_;
  Statement find_claim_;
  Statement id_drift_;
  Statement count_by_name_;
  Statement count_by_version_;
  Statement count_by_time_;
  std::map<std::string, std::unique_ptr<Statement>> lists_;  // by their text
};

/// The error for a key that was used with another body.
[[nodiscard]] Error idempotency_mismatch();

}  // namespace xzepr::store::sqlite
