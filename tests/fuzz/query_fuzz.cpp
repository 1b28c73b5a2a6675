// Percent-encoding takes any bytes there and back, and a query means the same however it is spelled: escaped
// or not, in one piece or as the sum of two.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "http/query.hpp"

namespace {

using xzepr::http::parse_query;
using xzepr::http::percent_decode;
using xzepr::http::percent_encode;
using xzepr::http::QueryParameters;

constexpr std::size_t parameters_max = 100;

bool is_safe(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-._~%").find(c) != std::string_view::npos;
}

void check_percent(std::string_view text) {
  const std::string encoded = percent_encode(text);
  XZEPR_ASSERT(std::ranges::all_of(encoded, is_safe));
  XZEPR_ASSERT(percent_decode(encoded) == text);
  const auto decoded = percent_decode(text);
  if (!decoded) return;
  XZEPR_ASSERT(percent_decode(percent_encode(*decoded)) == decoded);
  XZEPR_ASSERT(decoded->size() == text.size() - 2 * static_cast<std::size_t>(std::ranges::count(text, '%')));
}

std::string written(const QueryParameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out.append(percent_encode(name)).append("=").append(percent_encode(value));
  }
  return out;
}

void check_query(std::string_view query) {
  const auto parameters = parse_query(query);
  if (!parameters) return;
  XZEPR_ASSERT(parameters->size() <= parameters_max);
  for (const auto& [name, value] : *parameters) {
    for (const std::string_view text : {std::string_view(name), std::string_view(value)}) {
      XZEPR_ASSERT(xzepr::is_valid_utf8(text) && text.find('\0') == std::string_view::npos);
    }
  }
  XZEPR_ASSERT(parse_query(written(*parameters)) == parameters);
}

void check_sum(std::string_view query) {
  const auto middle = query.find('&', query.size() / 2);
  if (middle == std::string_view::npos) return;
  const auto whole = parse_query(query);
  auto sum = parse_query(query.substr(0, middle));
  const auto rest = parse_query(query.substr(middle + 1));
  if (!sum || !rest) {
    XZEPR_ASSERT(!whole);
    return;
  }
  sum->insert(sum->end(), rest->begin(), rest->end());
  XZEPR_ASSERT(sum->size() > parameters_max ? !whole : whole == sum);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_percent(text);
  check_query(text);
  check_sum(text);
  return 0;
}
