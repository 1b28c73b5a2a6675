#include "journal/live/feeder.hpp"

#include "base/error.hpp"

namespace xzepr::journal::live {
namespace {

using namespace std::chrono_literals;

constexpr auto poll_period = 100ms;  // other nodes' commits
constexpr auto gather_pause = 10ms;  // what is committed meanwhile is read, and told, together
constexpr auto idle_period = 60s;    // nobody listens
constexpr auto store_pause = 500ms;  // after a failure
constexpr auto store_timeout = 5s;
constexpr std::size_t rows_max = 500;
constexpr std::size_t feed_bytes_max = 4 * 1'048'576;

std::chrono::steady_clock::time_point in(std::chrono::steady_clock::duration time) {
  return std::chrono::steady_clock::now() + time;
}

// How many rows came.
Task<std::size_t> feed_once(const FeederParts& parts) {
  const auto deadline = Deadline::after(store_timeout);
  if (!parts.tail.position()) {
    const auto extent = co_await parts.journal.extent(deadline);
    parts.tail.begin(extent.newest);
  }
  const store::JournalRange range{
      .after = parts.tail.position().value_or(0), .rows_max = rows_max, .bytes_max = feed_bytes_max};
  const auto entries = co_await parts.journal.read(range, deadline);
  std::vector<Shown> shown;
  shown.reserve(entries.size());
  for (const auto& entry : entries) shown.push_back(show(entry));
  if (!shown.empty()) parts.tail.append(std::move(shown));
  co_return entries.size();
}

}  // namespace

Task<> feed(FeederParts parts) {
  for (;;) {
    if (!parts.tail.has_listeners()) {
      parts.tail.forget();
      co_await parts.wake.wait_until(in(idle_period));
      continue;
    }
    std::optional<std::size_t> came;
    try {
      came = co_await feed_once(parts);
    } catch (const Fault& fault) {
      parts.log.warn("journal", "streams wait: the journal cannot be read", {{"error", fault.what()}});
    }
    if (!came) {
      co_await sleep_for(store_pause);
    } else if (*came == 0) {
      co_await parts.wake.wait_until(in(poll_period));
    }
    if (!came || *came < rows_max) co_await sleep_for(gather_pause);
  }
}

}  // namespace xzepr::journal::live
