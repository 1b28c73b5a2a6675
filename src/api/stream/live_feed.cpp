#include "api/stream/live_feed.hpp"

#include <algorithm>

namespace xzepr::api::stream {
namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr auto heartbeat_period = 15s;
constexpr auto rights_period =
    1s;  // while there is nothing to say; each message is looked at with fresh ones
constexpr auto store_timeout = 5s;

Error store_is_away() {
  return Error{.kind = Errc::unavailable,
               .code = "unavailable",
               .detail = "the journal cannot be read at the moment",
               .hint = "go on from the last position in a few seconds"};
}

FeedStep ended(Error why) { return {.is_end = true, .why = std::move(why)}; }

}  // namespace

LiveFeed::LiveFeed(const journal::live::LivePorts& ports, FeedOptions options, service::LastingCaller caller,
                   StreamSlot slot, const Clock& clock)
    : options_(std::move(options)),
      reader_(ports, options_.start.after),
      caller_(std::move(caller)),
      slot_(std::move(slot)),
      clock_(clock) {}

Task<FeedStep> LiveFeed::next() {
  const SteadyTime until = std::chrono::steady_clock::now() + heartbeat_period;
  for (;;) {
    std::optional<FeedStep> made;
    bool is_store_away = false;
    try {
      made = co_await step(until);
    } catch (const Fault&) {
      is_store_away = true;
    }
    if (is_store_away) made = ended(store_is_away());
    if (made) co_return *std::move(made);
  }
}

Task<std::optional<FeedStep>> LiveFeed::step(SteadyTime until) {
  const bool has_all = !options_.follows && reader_.position() >= options_.start.newest;
  if (is_stopped_ || has_all) co_return FeedStep{.is_end = true};
  const auto deadline = Deadline::after(store_timeout);
  auto allowed = co_await caller_.check(identity::Permission::event_read, clock_.now(), deadline);
  if (!allowed) co_return ended(std::move(allowed).error());
  const auto before = reader_.position();
  auto messages = co_await reader_.read(deadline);
  std::erase_if(messages, [this](const journal::live::Shown& message) {
    return !options_.filter.matches(message->facts) || !caller_.may_hear(message->row);
  });
  if (!messages.empty()) co_return FeedStep{.messages = std::move(messages)};
  const auto now = std::chrono::steady_clock::now();
  if (now >= until) co_return FeedStep{};
  if (reader_.position() == before) co_await reader_.wait_until(std::min(until, now + rights_period));
  co_return std::nullopt;
}

void LiveFeed::stop() {
  is_stopped_ = true;
  reader_.wake();
}

std::string LiveFeed::place() const {
  return journal::live::to_text(options_.start.epoch, reader_.position());
}

}  // namespace xzepr::api::stream
