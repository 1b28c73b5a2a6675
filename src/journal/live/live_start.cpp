#include "journal/live/live_start.hpp"

#include <charconv>

#include <fmt/format.h>

namespace xzepr::journal::live {
namespace {

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  if (!is_whole || text.empty() || text.front() == '-') return std::nullopt;
  return number;
}

Error position_gone(const store::JournalExtent& extent) {
  return Error{
      .kind = Errc::gone,
      .code = "position_gone",
      .detail = fmt::format("the journal holds what follows {} to {}", extent.oldest - 1, extent.newest),
      .hint = fmt::format("go on with after={}, or after={} to leave out what is past",
                          to_text(extent.epoch, extent.oldest - 1), to_text(extent.epoch, extent.newest)),
      .field = "after"};
}

}  // namespace

std::optional<Place> parse_place(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == text.npos) {
    const auto position = parse_number(text);
    return position ? std::optional(Place{.position = *position}) : std::nullopt;
  }
  const auto epoch = parse_number(text.substr(0, dot));
  const auto position = parse_number(text.substr(dot + 1));
  if (!epoch || !position) return std::nullopt;
  return Place{.position = *position, .epoch = epoch};
}

std::string to_text(std::int64_t epoch, std::int64_t position) {
  return fmt::format("{}.{}", epoch, position);
}

Task<Result<Start>> find_start(store::JournalStore& journal, std::optional<Place> place, Deadline deadline) {
  const auto extent = co_await journal.extent(deadline);
  if (!place) co_return Start{.after = extent.newest, .newest = extent.newest, .epoch = extent.epoch};
  const bool is_here = (!place->epoch || *place->epoch == extent.epoch) &&
                       place->position >= extent.oldest - 1 && place->position <= extent.newest;
  if (!is_here) co_return std::unexpected(position_gone(extent));
  co_return Start{.after = place->position, .newest = extent.newest, .epoch = extent.epoch};
}

}  // namespace xzepr::journal::live
