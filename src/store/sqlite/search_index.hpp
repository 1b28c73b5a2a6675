// The search index: read by any reader's connection, written to by the writer's. One thread at a time each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/search_store.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

/// The next events that are not filed yet, with their terms.
struct IndexSlice {
  struct Entry {
    std::int64_t position;
    std::string terms;
  };
  std::int64_t after = 0;  ///< the index's position when it was read
  std::int64_t head_position = 0;
  std::int64_t last_position = 0;  ///< everything up to here is filed, once the entries are
  std::vector<Entry> entries = {};
};

class SearchReader {
 public:
  explicit SearchReader(Connection& connection);

  /// As SearchStore::candidates.
  [[nodiscard]] std::optional<std::vector<EventId>> candidates(const domain::SearchTerms& terms,
                                                               std::size_t max);
  [[nodiscard]] IndexSlice next_slice();

 private:
  Connection& connection_;
  Statement position_;
  Statement filed_;
  Statement not_filed_;
  Statement next_;
};

/// The writer's thread.
class SearchWriter {
 public:
  SearchWriter(Connection& connection, Checkpointer& checkpointer);
  /// Nothing is done when another slice came between.
  [[nodiscard]] IndexProgress file(const IndexSlice& slice);

 private:
  Connection& connection_;
  Checkpointer& checkpointer_;
  Statement position_;
  Statement insert_;
  Statement move_;
};

/// What FTS5 looks for. Pure.
[[nodiscard]] std::string match_text(const domain::SearchTerms& terms);

}  // namespace xzepr::store::sqlite
