// An import over several connections at once. All lines about one artifact take the same lane, so its events
// arrive in the order of the file; lines of different artifacts may overtake each other.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "cli/import_run.hpp"

namespace xzepr::cli {

/// For one thread, which reads the file; each lane sends from a thread of its own.
class ImportLanes {
 public:
  /// One lane for each way to send; `pause` and each `send` are called from the lane's thread.
  ImportLanes(std::vector<ImportRun::Send> sends, const ImportRun::Pause& pause, ImportLimits limits = {});
  ~ImportLanes();
  ImportLanes(const ImportLanes&) = delete;
  ImportLanes& operator=(const ImportLanes&) = delete;

  /// Waits while the line's lane is two batches behind. The Failure that ended a lane ends the import.
  [[nodiscard]] std::expected<void, client::Failure> add(KeyedLine line);
  /// Returns when every lane has sent what it was given, or the first Failure.
  [[nodiscard]] std::expected<void, client::Failure> finish();
  /// Of all lanes, after finish or a Failure.
  [[nodiscard]] ImportSummary summary() const;

 private:
  class Lane;

  [[nodiscard]] std::expected<void, client::Failure> close();

  std::size_t lines_per_handover_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace xzepr::cli
