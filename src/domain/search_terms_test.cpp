#include "domain/search_terms.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "domain/search_test.hpp"

namespace xzepr::domain {
namespace {

bool has_all(const std::vector<std::string>& terms, const SearchTerms& wanted) {
  const auto has = [&](const std::string& term) { return std::ranges::binary_search(terms, term); };
  const bool has_prefix = !wanted.prefix || std::ranges::any_of(terms, [&](const std::string& term) {
    return term.starts_with(*wanted.prefix);
  });
  return has_prefix && std::ranges::all_of(wanted.all, has) &&
         std::ranges::all_of(wanted.payload,
                             [&](const auto& term) { return has(term) || has(std::string(term_of_more)); });
}

}  // namespace

TEST(SearchTerms, AnEventThatMatchesHasAllTermsOfTheSearch) {
  const std::vector<Event> events = {
      event_of("Nightly scan", R"({"n":1,"list":[1,"two",{"x":null}],"o":{"b":1,"a":2.0}})"),
      event_of(fmt::format("{} caf\xC3\xA9", std::string(500, 'w')),
               R"([0,-0.0,18446744073709551615,1e300])"),
      event_of(fmt::format("{}\xC3\xA9\xC3\xA9", std::string(199, 'w')), "\"text\"")};
  std::vector<EventSearch> searches;
  for (const auto& words :
       {std::string("night"), std::string("scan nig"), std::string(500, 'w'), std::string(300, 'w'),
        fmt::format("{}\xC3\xA9", std::string(199, 'w')), std::string(199, 'w'), std::string("caf"),
        fmt::format("{} caf", std::string(500, 'w'))})
    searches.emplace_back(words, std::vector<PayloadCondition>{});
  for (const auto& [pointer, value] :
       std::vector<std::pair<std::string, std::string>>{{"/n", "1.0"},
                                                        {"/list", R"([1.0,"two",{"x":null}])"},
                                                        {"/o", R"({"a":2,"b":1})"},
                                                        {"/0", "-0"},
                                                        {"/1", "0"},
                                                        {"/2", "18446744073709551615"},
                                                        {"/3", "1e300"},
                                                        {"/list/2/x", "null"}})
    searches.push_back(where(pointer, value));
  std::size_t matched = 0;
  for (const auto& event : events) {
    const auto terms = terms_of(event);
    EXPECT_TRUE(std::ranges::is_sorted(terms));
    for (const auto& term : terms) EXPECT_LE(term.size(), term_bytes_max);
    for (const auto& search : searches) {
      if (!search.matches(event)) continue;
      ++matched;
      EXPECT_TRUE(has_all(terms, terms_of(search)));
    }
  }
  EXPECT_GE(matched, 16U);
}

TEST(SearchTerms, OtherValuesAndPlacesHaveOtherTerms) {
  const auto terms = terms_of(event_of("", R"({"a":1,"b":2,"c":[1,2],"d":{"k":"v","l":"w"}})"));
  for (const auto& [pointer, value] :
       std::vector<std::pair<std::string, std::string>>{{"/a", "2"},
                                                        {"/b", "1"},
                                                        {"/c", "[2,1]"},
                                                        {"/d", R"({"k":"w","l":"v"})"},
                                                        {"/a", "\"1\""},
                                                        {"/a", "true"}})
    EXPECT_FALSE(has_all(terms, terms_of(where(pointer, value)))) << pointer << value;
}

TEST(SearchTerms, ALargePayloadHasABoundedNumberAndIsAlwaysProposed) {
  std::string payload = "[";
  for (int i = 0; i < 5'000; ++i) payload += fmt::format("{},", i);
  payload.back() = ']';
  const auto event = event_of("", payload);
  const auto terms = terms_of(event);
  EXPECT_LE(terms.size(), payload_terms_max + 10);
  const auto search = where("/4999", "4999");
  EXPECT_TRUE(search.matches(event));
  EXPECT_TRUE(has_all(terms, terms_of(search)));
}

}  // namespace xzepr::domain
