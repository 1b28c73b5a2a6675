#include "domain/word_search.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace xzepr::domain {

WordSearch::WordSearch(std::string_view query) : words_(search_words(query)) {}

bool WordSearch::matches(std::initializer_list<std::string_view> texts) const {
  if (words_.empty()) return true;
  std::vector<std::string> present;
  for (const auto text : texts) {
    for (auto& word : search_words(text)) present.push_back(std::move(word));
  }
  const auto is_present = [&](const std::string& word) {
    return std::ranges::find(present, word) != present.end();
  };
  const bool has_prefix =
      std::ranges::any_of(present, [&](const std::string& word) { return word.starts_with(words_.back()); });
  return has_prefix && std::all_of(words_.begin(), words_.end() - 1, is_present);
}

}  // namespace xzepr::domain
