#include "app/node_name.hpp"

#include <array>

#include <fmt/format.h>
#include <unistd.h>

namespace xzepr::app {

std::string make_owner(IdSource& ids, TimePoint now) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("{}/{}/{}", host.data(), getpid(), to_string(ids.next(now)));
}

}  // namespace xzepr::app
