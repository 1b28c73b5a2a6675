// A batch is the same items however its bytes arrive, no item is kept beyond its limit, and nothing follows a
// fault. For a body that is JSON as a whole, the items are its elements.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest/batch_items.hpp"
#include "base/assert.hpp"
#include "base/limits.hpp"
#include "json/parse.hpp"

namespace {

using xzepr::api::rest::BatchFormat;
using xzepr::api::rest::BatchItems;

struct Outcome {
  std::vector<std::string> items;
  std::string code;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome cut(std::string_view body, BatchFormat format, std::size_t piece) {
  BatchItems items(format);
  Outcome outcome;
  while (true) {
    const auto item = items.next();
    if (!item) {
      outcome.code = item.error().code;
      XZEPR_ASSERT(!items.is_complete());
      return outcome;
    }
    if (*item) {
      XZEPR_ASSERT(!items.is_complete());
      outcome.items.emplace_back(**item);
    } else if (items.is_complete()) {
      XZEPR_ASSERT(!outcome.items.empty() && outcome.items.size() <= xzepr::limits::batch_items_max);
      return outcome;
    } else if (body.empty()) {
      items.finish();
    } else {
      items.feed(body.substr(0, piece));
      body.remove_prefix(std::min(piece, body.size()));
    }
  }
}

void check_elements(std::string_view body, const Outcome& outcome) {
  const auto parsed = xzepr::json::parse(body);
  if (!parsed || !parsed->is_array() || parsed->get_array().empty()) return;
  const auto& array = parsed->get_array();
  XZEPR_ASSERT(outcome.code.empty() && outcome.items.size() == array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto item = xzepr::json::parse(outcome.items[i]);
    XZEPR_ASSERT(item && *item == array[i]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const std::size_t piece = size > 0 ? 1 + data[size / 2] % 32 : 1;
  for (const auto format : {BatchFormat::array, BatchFormat::lines}) {
    const auto whole = cut(body, format, size + 1);
    XZEPR_ASSERT(cut(body, format, piece) == whole);
    if (format == BatchFormat::array) check_elements(body, whole);
  }
  return 0;
}
