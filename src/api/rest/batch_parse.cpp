#include "api/rest/batch_parse.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/parse.hpp"

namespace xzepr::api::rest {
Result<service::NewEvent> parse_item(std::string_view text, ItemKey item_key) {
  if (text.size() > limits::body_bytes_max) {
    return std::unexpected(
        Error{.kind = Errc::too_large,
              .code = "item_too_large",
              .detail = fmt::format("an item has at most {} bytes", limits::body_bytes_max)});
  }
  auto value = json::parse(text);
  if (!value) return std::unexpected(std::move(value).error());
  return parse_new_event(*std::move(value), item_key);
}

void add_item_violations(std::vector<Violation>& violations, std::size_t index, const Error& error) {
  const auto prefix = fmt::format("/{}", index);
  if (error.violations.empty()) {
    violations.push_back({.pointer = prefix, .keyword = std::string(error.code), .message = error.detail});
  }
  for (auto violation : error.violations) {
    violation.pointer.insert(0, prefix);
    violations.push_back(std::move(violation));
  }
}

}  // namespace xzepr::api::rest
