// A parameter in a path or query, described once: the reader takes its bounds from here, the description of
// the API its words.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/limits.hpp"

namespace xzepr::api {

enum class ParameterKind : std::uint8_t {
  text,      ///< min to max code points
  integer,   ///< min to max
  seconds,   ///< decimal, min to max
  flag,      ///< true or false
  time,      ///< RFC 3339
  choice,    ///< one of `choices`
  prefixed,  ///< any name that begins with `name`
};

struct Parameter {
  std::string_view name;
  ParameterKind kind = ParameterKind::text;
  std::string_view about;                          ///< one sentence
  std::size_t min = 1;                             ///< code points, or the least value
  std::size_t max = limits::name_length_max;       ///< code points, or the greatest value
  std::span<const std::string_view> choices = {};  ///< of a choice
  std::string_view initial = {};                   ///< what holds when it is absent, as it would be written
  std::string_view pattern = {};                   ///< ECMA 262, for the description
  std::string_view example = {};
  bool is_credential = false;  ///< the description has it among the credentials, not the parameters

  [[nodiscard]] constexpr bool knows(std::string_view text) const {
    return kind == ParameterKind::prefixed ? text.starts_with(name) : text == name;
  }
};

namespace query {

// Of every list.
inline constexpr Parameter limit{.name = "limit",
                                 .kind = ParameterKind::integer,
                                 .about = "How many entries a page has at most.",
                                 .max = limits::page_size_max,
                                 .initial = "50"};
static_assert(limits::page_size_default == 50, "the description says what the reader does");
inline constexpr Parameter after{
    .name = "after",
    .about = "Where the last page ended: pagination.next of its body. Belongs to the same query.",
    .max = 512};  // service/page.cpp refuses longer ones
inline constexpr std::array<std::string_view, 1> count_choices = {"exact"};
inline constexpr Parameter count{.name = "count",
                                 .kind = ParameterKind::choice,
                                 .about = "Adds the total of all pages to pagination. It may take long.",
                                 .choices = count_choices};

}  // namespace query

}  // namespace xzepr::api
