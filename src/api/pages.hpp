// Answers that are finished before the first request comes, by path. Filled at start, immutable afterwards:
// any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace xzepr::api {

struct Page {
  std::string_view content_type;  ///< static text
  std::string body;
  std::string etag;  ///< of the body, in double quotes
};

class Pages {
 public:
  void add(std::string path, std::string_view content_type, std::string body);
  /// Null when there is no such page.
  [[nodiscard]] const Page* find(std::string_view path) const;

 private:
  std::map<std::string, Page, std::less<>> pages_;
};

}  // namespace xzepr::api
