#include "api/exchange.hpp"

#include <algorithm>

namespace xzepr::api {

std::string_view Exchange::parameter(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  return found == query.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace xzepr::api
