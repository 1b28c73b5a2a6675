// One listener's way through the journal: from its position over what is stored to what comes, without a gap
// and without a repeat. On one shard.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/deadline.hpp"
#include "journal/live/tail.hpp"
#include "store/journal_store.hpp"

namespace xzepr::journal::live {

/// How much one read gives at most, about.
inline constexpr std::size_t read_bytes_max = 128 * 1'024;

/// What the readers of one shard share.
struct LivePorts {
  Tail& tail;
  store::JournalStore& journal;
  asio::io_context& loop;
};

class LiveReader {
 public:
  /// `after`: the position of the last message that is known already.
  LiveReader(const LivePorts& ports, std::int64_t after);
  ~LiveReader();
  LiveReader(const LiveReader&) = delete;
  LiveReader& operator=(const LiveReader&) = delete;

  /// The next messages, in order; empty when there are none yet. Rows that are no message are left out.
  /// Throws Fault when the store is away or out of time.
  [[nodiscard]] Task<std::vector<Shown>> read(Deadline deadline);
  /// Until there may be more, until `time`, or until stop().
  [[nodiscard]] Task<> wait_until(std::chrono::steady_clock::time_point time);
  void wake() { wake_.notify(); }

  /// Everything up to here was read.
  [[nodiscard]] std::int64_t position() const { return position_; }

 private:
  [[nodiscard]] Task<std::vector<Shown>> read_stored(Deadline deadline);

  const LivePorts ports_;
  Wake wake_;
  std::int64_t position_;
};

}  // namespace xzepr::journal::live
