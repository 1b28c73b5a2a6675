#include "store/sqlite/advance_ride.hpp"

#include <utility>

namespace xzepr::store::sqlite {

void AdvanceRide::wait(SinkDriver driver, std::int64_t position, Resume<Moved> resume) {
  riders_.push_back({.driver = std::move(driver), .position = position, .resume = std::move(resume)});
}

void AdvanceRide::board() {
  for (auto& rider : riders_) rider.is_mine = sinks_.move(rider.driver, rider.position);
}

void AdvanceRide::arrive() {
  for (auto& rider : std::exchange(riders_, {})) rider.resume({.value = rider.is_mine, .error = nullptr});
}

void AdvanceRide::fail(const std::exception_ptr& error) {
  for (auto& rider : std::exchange(riders_, {})) rider.resume({.value = std::nullopt, .error = error});
}

void AdvanceRide::go_alone() {
  if (riders_.empty()) return;
  try {
    Transaction transaction(connection_);
    board();
    transaction.commit();
    arrive();
  } catch (const Fault& fault) {
    if (fault.kind() == Fault::Kind::fatal) on_fatal_();
    fail(std::current_exception());
  }
}

}  // namespace xzepr::store::sqlite
