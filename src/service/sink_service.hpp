// Sinks and their dead letters, for those who operate them. One object per shard.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "service/context.hpp"
#include "service/page.hpp"
#include "store/journal_store.hpp"
#include "store/sink_store.hpp"

namespace xzepr::service {

struct SinkStatus {
  domain::Sink sink;
  std::int64_t pending = 0;  ///< journal rows that are not delivered yet
  std::uint64_t dead_letters = 0;
};

class SinkService {
 public:
  SinkService(store::SinkStore& sinks, store::JournalStore& journal, const CursorCodec& cursors)
      : sinks_(sinks), journal_(journal), cursors_(cursors) {}

  // All need sink_manage. 404 "sink_unknown", "dead_letter_unknown".

  [[nodiscard]] Task<Result<std::vector<SinkStatus>>> list(const Context& context);
  /// Newest first.
  [[nodiscard]] Task<Result<Page<domain::DeadLetter>>> list_dead_letters(const Context& context,
                                                                         std::string sink, PageRequest page);
  [[nodiscard]] Task<Result<domain::DeadLetter>> get_dead_letter(const Context& context, std::string sink,
                                                                 std::string id);
  /// Whoever drives the sink sends it again within a second or two. It is gone then, or has one more try.
  [[nodiscard]] Task<Result<domain::DeadLetter>> resend(const Context& context, std::string sink,
                                                        std::string id);

 private:
  store::SinkStore& sinks_;
  store::JournalStore& journal_;
  const CursorCodec& cursors_;
};

}  // namespace xzepr::service
