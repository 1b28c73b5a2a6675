#include "domain/message_filter.hpp"

namespace xzepr::domain {

MessageFacts facts_of(const JournalEntry& entry) {
  MessageFacts facts{.group_id = entry.row.group_id};
  const bool is_of_event = entry.row.kind == JournalKind::event_created;
  const auto& named = entry.group && !is_of_event ? entry.group : entry.receiver;
  if (named) facts.type = named->type;
  if (!entry.events.empty()) {
    facts.artifact = to_text(entry.events.front().artifact);
    facts.is_success = !is_of_event || entry.events.front().success;
  }
  if (entry.row.kind == JournalKind::gate_closed) facts.is_success = false;
  return facts;
}

bool MessageFilter::matches(const MessageFacts& facts) const {
  return (!type || *type == facts.type) && (!group || group == facts.group_id) &&
         (!is_success || *is_success == facts.is_success) &&
         (!artifact || (!facts.artifact.empty() && glob_matches(*artifact, facts.artifact)));
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

}  // namespace xzepr::domain
