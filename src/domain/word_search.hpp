// Free-text search as every list means it: words split at what is no letter, mark or digit, case-folded, all
// must match, the last one by prefix. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace xzepr::domain {

class WordSearch {
 public:
  explicit WordSearch(std::string_view query);
  /// A query without words matches everything.
  [[nodiscard]] bool matches(std::initializer_list<std::string_view> texts) const;
  /// In the order written; the last is the prefix.
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> words_;
};

}  // namespace xzepr::domain
