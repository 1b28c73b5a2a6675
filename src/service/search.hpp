// Free-text search as every list means it: words split at what is no letter or digit, case-folded, all must
// match, the last one by prefix. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace xzepr::service {

class WordSearch {
 public:
  explicit WordSearch(std::string_view query);
  /// A query without words matches everything.
  [[nodiscard]] bool matches(std::initializer_list<std::string_view> texts) const;

 private:
  std::vector<std::string> words_;
};

}  // namespace xzepr::service
