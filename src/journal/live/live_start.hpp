// Where a listener begins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "journal/live/live_reader.hpp"

namespace xzepr::journal::live {

/// "POSITION" or "EPOCH.POSITION", decimal: the last message that is known already. An epoch is that of the
/// journal; another one means that the database was restored since.
struct Place {
  std::int64_t position = 0;
  std::optional<std::int64_t> epoch = std::nullopt;

  friend bool operator==(const Place&, const Place&) = default;
};
[[nodiscard]] std::optional<Place> parse_place(std::string_view text);
[[nodiscard]] std::string to_text(std::int64_t epoch, std::int64_t position);

struct Start {
  std::int64_t after = 0;
  std::int64_t newest = 0;  ///< of the journal at that moment
  std::int64_t epoch = 0;
};
/// Without a place: from now on. Errc::gone, code "position_gone", when what follows the place is not in this
/// journal any more, or never was; it says where to go on. Throws Fault.
[[nodiscard]] Task<Result<Start>> find_start(store::JournalStore& journal, std::optional<Place> place,
                                             Deadline deadline);

}  // namespace xzepr::journal::live
