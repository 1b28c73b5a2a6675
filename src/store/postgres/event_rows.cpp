#include "store/postgres/event_rows.hpp"

#include "base/error.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::store::postgres {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Longer than any 64-bit integer, or than what a double needs: only then are numbers worth reading.
bool has_long_number(std::string_view text) {
  constexpr std::size_t digits_max = 19;
  std::size_t run = 0;
  for (const char c : text) {
    run = is_digit(c) ? run + 1 : 0;
    if (run > digits_max) return true;
  }
  return false;
}

}  // namespace

std::string payload_of(std::string_view jsonb_text) {
  if (!has_long_number(jsonb_text)) return std::string(jsonb_text);
  constexpr std::size_t depth_max = 1'000;  // what was stored is not judged again
  const auto value =
      json::parse(jsonb_text, {.depth_max = depth_max, .big_integers = json::BigIntegers::read_as_double});
  if (!value)
    throw Fault(Fault::Kind::corrupt, "PostgreSQL: a stored payload cannot be read: " + value.error().detail);
  return json::write(*value);
}

std::string_view event_columns() {
  return "e.id, e.event_receiver_id, e.name, e.version, e.release, e.platform_id, e.package, e.description, "
         "e.payload::text, e.success, e.event_start, e.event_end, e.created_at, e.artifact_id, e.created_by, "
         "e.receiver_version";
}

domain::Event event_of(const Rows& rows, int row, int first) {
  const auto at = [first](int column) { return first + column; };
  return {.id = rows.id<EventId>(row, at(0)),
          .artifact = {.name = rows.text(row, at(2)),
                       .version = rows.text(row, at(3)),
                       .release = rows.text(row, at(4)),
                       .platform_id = rows.text(row, at(5)),
                       .package = rows.text(row, at(6))},
          .artifact_id = rows.artifact_id(row, at(13)),
          .description = rows.text(row, at(7)),
          .payload = payload_of(rows.bytes(row, at(8))),
          .success = rows.boolean(row, at(9)),
          .event_start = rows.time(row, at(10)),
          .event_end = rows.time(row, at(11)),
          .receiver_id = rows.id<ReceiverId>(row, at(1)),
          .receiver_version = rows.int8(row, at(15)),
          .created_at = rows.time(row, at(12)),
          .created_by = rows.id<UserId>(row, at(14))};
}

std::string_view journal_columns() {
  return "j.position, j.id, j.kind, j.cause, a.artifact_id, j.event_id, j.receiver_id, j.receiver_version, "
         "j.group_id, "
         "j.group_version, j.satisfying, j.at";
}

domain::JournalRow journal_row_of(const Rows& rows, int row) {
  domain::JournalRow made{.position = rows.int8(row, 0),
                          .id = Ulid{rows.uuid(row, 1)},
                          .kind = static_cast<domain::JournalKind>(rows.int2(row, 2)),
                          .cause = static_cast<domain::JournalCause>(rows.int2(row, 3)),
                          .event_id = rows.optional_id<EventId>(row, 5),
                          .receiver_id = rows.optional_id<ReceiverId>(row, 6),
                          .receiver_version = rows.int8(row, 7),
                          .group_id = rows.optional_id<GroupId>(row, 8),
                          .group_version = rows.int8(row, 9),
                          .at = rows.time(row, 11)};
  if (!rows.is_null(row, 4)) made.artifact_id = rows.artifact_id(row, 4);
  for (const auto& id : rows.uuid_array(row, 10)) made.satisfying.push_back(EventId{Ulid{id}});
  return made;
}

}  // namespace xzepr::store::postgres
