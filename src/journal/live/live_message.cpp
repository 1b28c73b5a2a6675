#include "journal/live/live_message.hpp"

namespace xzepr::journal::live {

Shown show(const domain::JournalEntry& entry) {
  auto shown = std::make_shared<LiveMessage>();
  shown->row = entry.row;
  const auto& named =
      entry.group && entry.row.kind != domain::JournalKind::event_created ? entry.group : entry.receiver;
  if (named) shown->type = named->type;
  if (!entry.events.empty()) {
    shown->artifact = domain::to_text(entry.events.front().artifact);
    shown->is_success = entry.row.kind != domain::JournalKind::event_created || entry.events.front().success;
  }
  if (entry.row.kind == domain::JournalKind::gate_closed) shown->is_success = false;
  auto message = domain::render_message(entry, domain::MessageProfile::strict);
  if (message) shown->body = std::move(message->body);
  return shown;
}

bool Filter::matches(const LiveMessage& message) const {
  return (!type || *type == message.type) && (!group || group == message.row.group_id) &&
         (!is_success || *is_success == message.is_success) &&
         (!artifact || (!message.artifact.empty() && glob_matches(*artifact, message.artifact)));
}

// Where the last * stood, what follows it is tried again one byte further on.
bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t in_text = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (in_text < text.size()) {
    const bool is_same =
        at < pattern.size() && pattern[at] != '*' && (pattern[at] == '?' || pattern[at] == text[in_text]);
    if (is_same) {
      ++at;
      ++in_text;
    } else if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_text = in_text;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_text = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace xzepr::journal::live
