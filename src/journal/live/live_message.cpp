#include "journal/live/live_message.hpp"

namespace xzepr::journal::live {

Shown show(const domain::JournalEntry& entry) {
  auto shown = std::make_shared<LiveMessage>();
  shown->row = entry.row;
  shown->facts = domain::facts_of(entry);
  auto message = domain::render_message(entry, domain::MessageProfile::strict);
  if (message) shown->body = std::move(message->body);
  return shown;
}

}  // namespace xzepr::journal::live
