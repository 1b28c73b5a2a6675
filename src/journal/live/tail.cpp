#include "journal/live/tail.hpp"

#include "base/assert.hpp"

namespace xzepr::journal::live {
namespace {

constexpr std::size_t message_overhead = 512;

std::size_t cost_of(const LiveMessage& message) {
  return message_overhead + message.body.size() + message.facts.type.size() + message.facts.artifact.size();
}

}  // namespace

void Tail::listen(Wake& wake) {
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    is_first = listeners_.empty();
    listeners_.insert(&wake);
    listener_count_ = listeners_.size();
  }
  if (is_first) on_listener_();
}

void Tail::leave(Wake& wake) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(&wake);
  listener_count_ = listeners_.size();
}

Tail::Read Tail::read(std::int64_t after, std::size_t bytes_max) const {
  const std::lock_guard lock(mutex_);
  Read read;
  if (!position_) {
    read.is_behind = true;
    return read;
  }
  if (after >= *position_) return read;
  const std::int64_t before_first = *position_ - static_cast<std::int64_t>(messages_.size());
  if (after < before_first) {
    read.is_behind = true;
    return read;
  }
  std::size_t bytes = 0;
  for (auto i = static_cast<std::size_t>(after - before_first); i < messages_.size() && bytes < bytes_max;
       ++i) {
    read.messages.push_back(messages_[i]);
    bytes += cost_of(*messages_[i]);
  }
  return read;
}

std::optional<std::int64_t> Tail::position() const {
  const std::lock_guard lock(mutex_);
  return position_;
}

void Tail::begin(std::int64_t position) {
  const std::lock_guard lock(mutex_);
  XZEPR_ASSERT(messages_.empty());
  position_ = position;
  // Somebody may have looked at the journal before what was committed last, and waits for it.
  for (auto* listener : listeners_) listener->notify();
}

void Tail::append(std::vector<Shown> messages) {
  const std::lock_guard lock(mutex_);
  for (auto& message : messages) {
    XZEPR_ASSERT(position_ && message->row.position == *position_ + 1);
    position_ = message->row.position;
    bytes_ += cost_of(*message);
    messages_.push_back(std::move(message));
  }
  while (bytes_ > tail_bytes_max || messages_.size() > tail_messages_max) {
    bytes_ -= cost_of(*messages_.front());
    messages_.pop_front();
  }
  for (auto* listener : listeners_) listener->notify();
}

void Tail::forget() {
  const std::lock_guard lock(mutex_);
  messages_.clear();
  bytes_ = 0;
  position_.reset();
}

}  // namespace xzepr::journal::live
