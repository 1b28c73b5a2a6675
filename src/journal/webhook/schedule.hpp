// When a delivery that failed is tried again (G13). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace xzepr::journal::webhook {

/// A delivery is tried so often before it is given up: the first time and after 5 s, 5 min, 30 min, 2 h, 5 h,
/// 10 h and 10 h, about 28 hours in all.
inline constexpr std::uint32_t attempts_max = 8;

/// The moment of the next attempt when number `attempt`, from 1, has failed at `now`; nullopt: given up.
/// `random` moves it by at most a tenth to either side, so that what failed together does not come back
/// together. `retry_after`, what the receiver asked for, counts when it is later, but never more than 24 h
/// from now.
[[nodiscard]] std::optional<TimePoint> next_attempt(std::uint32_t attempt, TimePoint now,
                                                    std::uint32_t random,
                                                    std::optional<TimePoint> retry_after = std::nullopt);

}  // namespace xzepr::journal::webhook
