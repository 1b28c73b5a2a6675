// Events and journal rows as columns of a SELECT, and back.
#pragma once

#include <string>
#include <string_view>

#include "domain/event.hpp"
#include "domain/journal_row.hpp"
#include "store/postgres/rows.hpp"

namespace xzepr::store::postgres {

/// The columns of an event, of a table named e.
[[nodiscard]] std::string_view event_columns();
inline constexpr int event_column_count = 16;
/// `first`: where the event's columns begin.
[[nodiscard]] domain::Event event_of(const Rows& rows, int row, int first = 0);

/// The columns of a journal row, of a table named j, with the artifact from one named a.
[[nodiscard]] std::string_view journal_columns();
inline constexpr int journal_column_count = 12;
[[nodiscard]] domain::JournalRow journal_row_of(const Rows& rows, int row);

/// jsonb spells numbers out (1e300 becomes 301 digits): gives such a text back with numbers as short as they
/// were.
[[nodiscard]] std::string payload_of(std::string_view jsonb_text);

}  // namespace xzepr::store::postgres
