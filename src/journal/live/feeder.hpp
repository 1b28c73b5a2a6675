// Fills the tail from the journal while somebody listens. One per process.
#pragma once

#include "base/wake.hpp"
#include "journal/live/tail.hpp"
#include "store/journal_store.hpp"
#include "telemetry/log.hpp"

namespace xzepr::journal::live {

struct FeederParts {
  Tail& tail;
  store::JournalStore& journal;  ///< of the shard that it runs on
  Wake& wake;                    ///< hears of commits and of the first listener
  telemetry::Log& log;
};

/// Runs until it is cancelled.
[[nodiscard]] Task<> feed(FeederParts parts);

}  // namespace xzepr::journal::live
