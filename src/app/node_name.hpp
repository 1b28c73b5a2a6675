// How a process names itself to others.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/ulid.hpp"

namespace xzepr::app {

/// For a lease: a person who reads it finds the process; no two processes have the same.
[[nodiscard]] std::string make_owner(IdSource& ids, TimePoint now);

}  // namespace xzepr::app
