// The terms under which an index of events files them, and those that a search looks up: words as they are,
// and one term for each value in the payload. An event that matches a search has all of the search's terms;
// the reverse need not hold. Terms hold letters, marks, digits and "_" only, in UTF-8, and are at most
// term_bytes_max long. Pure.
//
// They are stored: a change here needs a migration that empties the index.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "domain/event_search.hpp"

namespace xzepr::domain {

/// PostgreSQL's lexemes end at 2,046 bytes. Longer words are cut, in the index and in what is looked up.
inline constexpr std::size_t term_bytes_max = 200;
/// Values of one payload that get a term; an event with more has term_of_more as well.
inline constexpr std::size_t payload_terms_max = 200;
inline constexpr std::string_view term_of_more = "_more";

/// Sorted, none twice.
[[nodiscard]] std::vector<std::string> terms_of(const Event& event);

/// What to look up. An event may match only when it has each of `all`, one that begins with `prefix`, and for
/// each of `payload` that term or term_of_more.
struct SearchTerms {
  std::vector<std::string> all;
  std::optional<std::string> prefix;
  std::vector<std::string> payload;
};
[[nodiscard]] SearchTerms terms_of(const EventSearch& search);

}  // namespace xzepr::domain
