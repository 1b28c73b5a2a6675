// Whatever a server says, the moment is within bounds, and only what is a number or a date is one.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/grammar.hpp"
#include "base/time_text.hpp"
#include "http/retry_after.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto now = *xzepr::parse_time("2026-11-26T12:00:00Z");
  const auto date = xzepr::http::parse_http_date(text, now);
  if (date) XZEPR_ASSERT(text.size() >= 24 && text.size() <= 33 && xzepr::to_string(*date).size() == 27);
  const auto after = xzepr::http::parse_retry_after(text, now);
  XZEPR_ASSERT(!date || after);
  if (!after) return 0;
  XZEPR_ASSERT(*after <= now + std::chrono::days{3'653});
  const auto bare = xzepr::grammar::without_ows(text);
  const bool is_number = bare.find_first_not_of("0123456789") == std::string_view::npos;
  XZEPR_ASSERT(!bare.empty() && (is_number || xzepr::http::parse_http_date(bare, now)));
  XZEPR_ASSERT(!is_number || *after >= now);
  return 0;
}
