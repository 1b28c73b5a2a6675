// The port of the journal as a source: rows in order, each with what its message is rendered from. Rows never
// change and positions have no gaps, so a reader that remembers one number misses nothing. One object per
// shard; use on that shard only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "domain/journal_entry.hpp"

namespace xzepr::store {

/// The rows after a position: at most rows_max, and no further one once those read hold bytes_max bytes of
/// payloads and descriptions. At least one, when there is one.
struct JournalRange {
  std::int64_t after = 0;
  std::size_t rows_max = 0;
  std::size_t bytes_max = 0;
};

/// newest is 0 and oldest 1 while nothing was ever written.
struct JournalExtent {
  std::int64_t oldest = 1;
  std::int64_t newest = 0;
  std::int64_t epoch = 0;  ///< another one after a restore: positions of before mean nothing then

  friend bool operator==(const JournalExtent&, const JournalExtent&) = default;
};

class JournalStore {
 public:
  virtual ~JournalStore() = default;

  // Both throw Fault when the store is away or out of time.

  [[nodiscard]] virtual Task<std::vector<domain::JournalEntry>> read(JournalRange range,
                                                                     Deadline deadline) = 0;
  [[nodiscard]] virtual Task<JournalExtent> extent(Deadline deadline) = 0;
};

}  // namespace xzepr::store
