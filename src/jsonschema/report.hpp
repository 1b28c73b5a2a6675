// The violations of one value, as many as an answer may hold. Private to this module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace xzepr::jsonschema {

class Report {
 public:
  /// False when there is no room: then add nothing more.
  bool add(Violation violation);

  [[nodiscard]] const std::vector<Violation>& list() const { return list_; }
  /// All of them; where some were left out, the last says so (keyword "more").
  [[nodiscard]] std::vector<Violation> finish(std::string_view base) &&;

 private:
  std::vector<Violation> list_;
  std::size_t bytes_ = 0;
  bool has_more_ = false;
};

/// "#/properties/a" of "/properties/a": a JSON Pointer as a URI fragment (RFC 6901 section 6). What begins
/// with a URI keeps it.
[[nodiscard]] std::string to_fragment(std::string_view pointer);

}  // namespace xzepr::jsonschema
