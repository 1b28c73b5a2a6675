// Lines: words, a pointer, a value, a description, and the payload in the rest. An event that matches a
// search has all terms that the search looks up, whatever both hold; and a search finds what it was made of.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "domain/search_terms.hpp"
#include "json/parse.hpp"
#include "json/pointer.hpp"

namespace {

using namespace xzepr;

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

bool has(const std::vector<std::string>& terms, std::string_view term) {
  return std::ranges::binary_search(terms, term);
}

bool begins(const std::vector<std::string>& terms, std::string_view prefix) {
  return std::ranges::any_of(terms, [prefix](const std::string& term) { return term.starts_with(prefix); });
}

void check_terms(const std::vector<std::string>& terms) {
  XZEPR_ASSERT(std::ranges::adjacent_find(terms, std::ranges::greater_equal{}) == terms.end());
  for (const auto& term : terms) {
    XZEPR_ASSERT(!term.empty() && term.size() <= domain::term_bytes_max && is_valid_utf8(term));
    XZEPR_ASSERT(term.find_first_of(std::string_view("'\"\\ &|!():*\0", 12)) == std::string::npos);
  }
}

void check(const domain::EventSearch& search, const domain::Event& event,
           const std::vector<std::string>& terms) {
  const auto wanted = domain::terms_of(search);
  if (!search.matches(event)) return;
  for (const auto& term : wanted.all) XZEPR_ASSERT(has(terms, term));
  XZEPR_ASSERT(!wanted.prefix || begins(terms, *wanted.prefix));
  for (const auto& term : wanted.payload) XZEPR_ASSERT(has(terms, term) || has(terms, domain::term_of_more));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto words = take_line(text);
  const auto pointer = take_line(text);
  const auto value = take_line(text);
  domain::Event event;
  event.description = take_line(text);
  event.payload = text;

  const auto terms = domain::terms_of(event);
  check_terms(terms);
  check(domain::EventSearch(words, {}), event, terms);
  XZEPR_ASSERT(domain::EventSearch(event.description, {}).matches(event));
  check(domain::EventSearch(event.description, {}), event, terms);

  const auto payload = json::parse(event.payload);
  const auto* found = payload ? json::find(*payload, pointer) : nullptr;
  if (found != nullptr) XZEPR_ASSERT(json::is_pointer(pointer));
  if (found != nullptr && !pointer.empty()) {
    std::vector<domain::PayloadCondition> same;
    same.push_back({std::string(pointer), *found});
    const domain::EventSearch search("", std::move(same));
    XZEPR_ASSERT(search.matches(event));
    check(search, event, terms);
  }
  if (auto wanted = json::parse(value); wanted && !pointer.empty()) {
    std::vector<domain::PayloadCondition> conditions;
    conditions.push_back({std::string(pointer), *std::move(wanted)});
    check(domain::EventSearch(words, std::move(conditions)), event, terms);
  }
  return 0;
}
