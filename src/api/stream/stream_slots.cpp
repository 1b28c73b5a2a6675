#include "api/stream/stream_slots.hpp"

#include <fmt/format.h>

namespace xzepr::api::stream {
namespace {

constexpr std::chrono::seconds retry_after{5};

}  // namespace

StreamSlot::~StreamSlot() {
  if (slots_ != nullptr) slots_->give_back(user_);
}

StreamSlots::StreamSlots(Bounds bounds, telemetry::Metrics& metrics)
    : bounds_(bounds), gauge_(metrics.gauge("xzepr_streams", "Open live streams.")) {}

Result<StreamSlot> StreamSlots::take(UserId user) {
  const std::lock_guard lock(mutex_);
  if (count_ >= bounds_.of_node) {
    return std::unexpected(Error{.kind = Errc::unavailable,
                                 .code = "unavailable",
                                 .detail = "this node has as many streams as it may",
                                 .hint = "try again, perhaps at another node",
                                 .retry_after = retry_after});
  }
  auto& count = counts_[user];
  if (count >= bounds_.of_user) {
    return std::unexpected(Error{.kind = Errc::rate_limited,
                                 .code = "stream_limit",
                                 .detail = fmt::format("a user may have {} streams open", bounds_.of_user),
                                 .hint = "end one, or let one stream serve several readers",
                                 .retry_after = retry_after});
  }
  ++count;
  ++count_;
  gauge_.add(1);
  return StreamSlot(*this, user);
}

void StreamSlots::give_back(UserId user) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(user);
  if (--found->second == 0) counts_.erase(found);
  --count_;
  gauge_.add(-1);
}

}  // namespace xzepr::api::stream
