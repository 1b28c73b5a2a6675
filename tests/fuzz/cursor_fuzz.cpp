// Lines: a query, a position, another query, a cursor from outside, filters, other filters. Nothing decodes
// but what was encoded for the same query with the same secret, in the very spelling that was given out.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "service/page.hpp"

namespace {

using xzepr::service::CursorCodec;
using xzepr::service::QueryText;

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
// More than any list's key; with the MAC it still fits into a cursor's 512 characters.
constexpr std::size_t position_bytes_max = 300;

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

void check_refused(const xzepr::Result<std::string>& decoded) {
  XZEPR_ASSERT(!decoded && decoded.error().code == "cursor_invalid");
}

void check_tampering(const CursorCodec& codec, std::string_view query, const std::string& cursor) {
  for (std::size_t i = 0; i < cursor.size(); i += 1 + cursor.size() / 16) {
    std::string forged = cursor;
    forged[i] = alphabet[(alphabet.find(forged[i]) + 1 + query.size()) % alphabet.size()];
    if (forged != cursor) check_refused(codec.decode(query, forged));
    check_refused(codec.decode(query, cursor.substr(0, i)));
  }
  for (const std::string_view tail : {"=", "A", "==", "AAAA", "\n", " "})
    check_refused(codec.decode(query, cursor + std::string(tail)));
}

// name=value pairs separated by '&'; a name alone is a filter that was not given.
using Filters = std::vector<std::pair<std::string, std::optional<std::string>>>;

Filters filters_of(std::string_view text) {
  Filters filters;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    filters.emplace_back(std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1)));
  }
  return filters;
}

std::string text_of(const Filters& filters) {
  QueryText query("list", xzepr::UserId{});
  for (const auto& [name, value] : filters) query.add(name, value);
  return query.text();
}

void check_query_text(std::string_view one, std::string_view other) {
  const auto filters = filters_of(one);
  const auto others = filters_of(other);
  XZEPR_ASSERT((text_of(filters) == text_of(others)) == (filters == others));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto query = take_line(rest);
  const auto position = take_line(rest).substr(0, position_bytes_max);
  const auto other_query = take_line(rest);
  const auto foreign = take_line(rest);
  const auto filters = take_line(rest);
  check_query_text(filters, take_line(rest));

  const CursorCodec codec{std::string(secret)};
  const std::string cursor = codec.encode(query, position);
  const auto decoded = codec.decode(query, cursor);
  XZEPR_ASSERT(decoded && *decoded == position);
  XZEPR_ASSERT(cursor.find_first_not_of(alphabet) == std::string::npos);
  if (other_query != query) check_refused(codec.decode(other_query, cursor));
  // The same bytes, cut elsewhere into query and position.
  check_refused(codec.decode(std::string(query) + "0", cursor));
  check_refused(CursorCodec(std::string(other_query)).decode(query, cursor));
  check_tampering(codec, query, cursor);
  const auto guessed = codec.decode(query, foreign);
  XZEPR_ASSERT(!guessed || codec.encode(query, *guessed) == foreign);
  return 0;
}
