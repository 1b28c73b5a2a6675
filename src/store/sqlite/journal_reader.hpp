// The journal as a source, read on one connection.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "store/journal_store.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/event_reader.hpp"

namespace xzepr::store::sqlite {

class JournalReader {
 public:
  JournalReader(Connection& connection, EventReader& events);

  [[nodiscard]] std::vector<domain::JournalEntry> read(const JournalRange& range);
  [[nodiscard]] JournalExtent extent();

 private:
  using Found = std::shared_ptr<const domain::Revision>;
  using Key = std::pair<Ulid, std::int64_t>;
  /// Rows that follow one another are mostly of a few receivers and groups.
  using Seen = std::map<Key, Found>;

  [[nodiscard]] domain::JournalEntry read_entry(const Rows& rows);
  [[nodiscard]] static Found find(Statement& statement, const Key& key, Seen& seen);
  void add_events(domain::JournalEntry& entry);

  Connection& connection_;
  EventReader& events_;
  Statement rows_;
  Statement receiver_;
  Statement group_;
  Statement extent_;
};

}  // namespace xzepr::store::sqlite
