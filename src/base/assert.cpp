#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace xzepr {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "xzepr: invariant broken: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace xzepr
