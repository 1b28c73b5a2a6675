// Several texts as one in which no two lists of parts look alike: each with its length before it. Pure.
#pragma once

#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace xzepr::service {

inline void append_part(std::string& out, std::string_view part) {
  fmt::format_to(std::back_inserter(out), "{}:", part.size());
  out += part;
}

}  // namespace xzepr::service
