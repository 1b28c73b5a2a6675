// What is wrong with a schema, collected while it is compiled. Private to this module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "json/pointer.hpp"
#include "jsonschema/limits.hpp"
#include "jsonschema/program.hpp"

namespace xzepr::jsonschema {

class Faults {
 public:
  explicit Faults(const std::vector<Place>& places) : places_(places) {}

  /// An empty keyword: the schema at `place` itself.
  void add(Index place, std::string_view keyword, std::string message) {
    if (list_.size() >= limits::schema_violations_max) return;
    std::string pointer = pointer_of(places_, place);
    if (!keyword.empty()) json::append_token(pointer, keyword);
    list_.push_back(
        {.pointer = std::move(pointer), .keyword = std::string(keyword), .message = std::move(message)});
  }

  [[nodiscard]] bool is_empty() const { return list_.empty(); }
  [[nodiscard]] std::vector<Violation>& list() { return list_; }

 private:
  const std::vector<Place>& places_;
  std::vector<Violation> list_;
};

}  // namespace xzepr::jsonschema
