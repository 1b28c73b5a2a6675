#include "journal/message_at.hpp"

namespace xzepr::journal {

Task<std::expected<domain::Message, std::string>> message_at(store::JournalStore& journal,
                                                             std::int64_t position,
                                                             domain::MessageProfile profile,
                                                             Deadline deadline) {
  const store::JournalRange only{.after = position - 1, .rows_max = 1, .bytes_max = 1};
  const auto entries = co_await journal.read(only, deadline);
  if (entries.empty() || entries.front().row.position != position)
    co_return std::unexpected("its row is not stored any more");
  co_return domain::render_message(entries.front(), profile);
}

}  // namespace xzepr::journal
