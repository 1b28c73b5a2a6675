#include "journal/kafka/first_messages.hpp"

#include <utility>

namespace xzepr::journal::kafka {
namespace {

// A broker forgets a producer that is silent for a day, or for as long as it was told to.
constexpr std::chrono::minutes known_for{10};

std::size_t place_of(std::int32_t partition) { return static_cast<std::size_t>(partition); }

}  // namespace

void FirstMessages::begin(std::int32_t partitions) {
  const std::lock_guard lock(mutex_);
  places_.assign(place_of(partitions), {});
}

bool FirstMessages::admit(std::int32_t partition, Instant now) {
  const std::lock_guard lock(mutex_);
  auto& place = places_.at(place_of(partition));
  if (now < place.known_until) return true;
  return !std::exchange(place.is_first_out, true);
}

void FirstMessages::withdraw(std::int32_t partition) {
  const std::lock_guard lock(mutex_);
  places_.at(place_of(partition)).is_first_out = false;
}

void FirstMessages::acknowledged(std::int32_t partition, Instant now) {
  const std::lock_guard lock(mutex_);
  places_.at(place_of(partition)) = {.is_first_out = false, .known_until = now + known_for};
}

}  // namespace xzepr::journal::kafka
