#include "journal/live/live_reader.hpp"

#include <algorithm>

namespace xzepr::journal::live {
namespace {

constexpr std::size_t stored_rows_max = 200;

}  // namespace

LiveReader::LiveReader(const LivePorts& ports, std::int64_t after)
    : ports_(ports), wake_(ports.loop), position_(after) {
  ports_.tail.listen(wake_);
}

LiveReader::~LiveReader() { ports_.tail.leave(wake_); }

Task<std::vector<Shown>> LiveReader::read(Deadline deadline) {
  auto read = ports_.tail.read(position_, read_bytes_max);
  if (read.is_behind) read.messages = co_await read_stored(deadline);
  if (!read.messages.empty()) position_ = read.messages.back()->row.position;
  std::erase_if(read.messages, [](const Shown& message) { return message->body.empty(); });
  co_return std::move(read.messages);
}

Task<std::vector<Shown>> LiveReader::read_stored(Deadline deadline) {
  const store::JournalRange range{
      .after = position_, .rows_max = stored_rows_max, .bytes_max = read_bytes_max};
  const auto entries = co_await ports_.journal.read(range, deadline);
  std::vector<Shown> shown;
  shown.reserve(entries.size());
  for (const auto& entry : entries) shown.push_back(show(entry));
  co_return shown;
}

Task<> LiveReader::wait_until(std::chrono::steady_clock::time_point time) { co_await wake_.wait_until(time); }

}  // namespace xzepr::journal::live
