#include "store/sqlite/sink_tables.hpp"

#include <fmt/format.h>

#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr std::string_view dead_letter_columns =
    "d.id, d.sink, d.position, d.message_id, d.kind, d.key, d.cause, d.detail, d.tries, d.failed_at, "
    "d.resend_at";

domain::DeadLetter read_dead_letter(const Rows& rows) {
  return {.id = rows.id<domain::DeadLetterId>(0),
          .sink = rows.text(1),
          .position = rows.integer(2),
          .message_id = rows.ulid(3),
          .kind = static_cast<domain::JournalKind>(rows.integer(4)),
          .key = rows.text(5),
          .cause = static_cast<domain::DeadLetterCause>(rows.integer(6)),
          .detail = rows.text(7),
          .tries = rows.integer(8),
          .failed_at = rows.time(9),
          .resend_at = rows.optional_time(10)};
}

std::vector<domain::DeadLetter> read_dead_letters(Rows rows) {
  std::vector<domain::DeadLetter> letters;
  while (rows.next()) letters.push_back(read_dead_letter(rows));
  return letters;
}

std::string dead_letters_sql(std::string_view rest) {
  return fmt::format("SELECT {} FROM dead_letters d {}", dead_letter_columns, rest);
}

}  // namespace

SinkReader::SinkReader(Connection& connection)
    : sinks_(connection,
             "SELECT name, position, owner, epoch, lease_until FROM sinks WHERE name >= '' ORDER BY name"),
      newest_(connection, dead_letters_sql("WHERE d.sink = ? ORDER BY d.id DESC LIMIT ?")),
      older_(connection, dead_letters_sql("WHERE d.sink = ? AND d.id < ? ORDER BY d.id DESC LIMIT ?")),
      count_(connection, "SELECT count(*) FROM dead_letters WHERE sink = ?"),
      find_(connection, dead_letters_sql("WHERE d.id = ?")),
      resends_(connection,
               dead_letters_sql("WHERE d.sink = ? AND d.resend_at IS NOT NULL ORDER BY d.position LIMIT ?")) {
}

std::vector<domain::Sink> SinkReader::list_sinks() {
  std::vector<domain::Sink> sinks;
  auto rows = sinks_.query();
  while (rows.next())
    sinks.push_back({.name = rows.text(0),
                     .position = rows.integer(1),
                     .owner = rows.text(2),
                     .epoch = rows.integer(3),
                     .lease_until = rows.optional_time(4)});
  return sinks;
}

std::vector<domain::DeadLetter> SinkReader::list_dead_letters(const DeadLetterQuery& query) {
  if (query.after) return read_dead_letters(older_.query(query.sink, *query.after, query.limit));
  return read_dead_letters(newest_.query(query.sink, query.limit));
}

std::uint64_t SinkReader::count_dead_letters(const std::string& sink) {
  auto rows = count_.query(sink);
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

std::optional<domain::DeadLetter> SinkReader::find_dead_letter(domain::DeadLetterId id) {
  auto rows = find_.query(id);
  if (!rows.next()) return std::nullopt;
  return read_dead_letter(rows);
}

std::vector<domain::DeadLetter> SinkReader::list_resends(const std::string& sink, std::size_t limit) {
  return read_dead_letters(resends_.query(sink, limit));
}

SinkWriter::SinkWriter(Connection& connection, const Clock& clock)
    : connection_(connection),
      clock_(clock),
      take_(connection,
            "INSERT INTO sinks (name, position, owner, epoch, lease_until) VALUES (?1, 0, ?2, 1, ?3) "
            "ON CONFLICT (name) DO UPDATE SET owner = ?2, epoch = epoch + 1, lease_until = ?3 "
            "WHERE owner = ?2 OR lease_until IS NULL OR lease_until <= ?4 RETURNING epoch, position"),
      renew_(connection, "UPDATE sinks SET lease_until = ? WHERE name = ? AND epoch = ? RETURNING epoch"),
      release_(connection, "UPDATE sinks SET lease_until = NULL WHERE name = ? AND epoch = ?"),
      advance_(
          connection,
          "UPDATE sinks SET position = ?1 WHERE name = ?2 AND epoch = ?3 AND position <= ?1 RETURNING epoch"),
      bury_(connection,
            "INSERT INTO dead_letters (id, sink, position, message_id, kind, key, cause, detail, tries, "
            "failed_at, resend_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"),
      resend_(connection, "UPDATE dead_letters SET resend_at = ? WHERE id = ? RETURNING position"),
      give_up_(connection,
               "UPDATE dead_letters SET resend_at = NULL, tries = tries + 1, detail = ? WHERE id = ?"),
      remove_(connection, "DELETE FROM dead_letters WHERE id = ?") {}

void SinkWriter::end_all_leases() { connection_.run("UPDATE sinks SET lease_until = NULL"); }

std::optional<SinkLease> SinkWriter::take_lease(const LeaseRequest& request) {
  const auto now = clock_.now();
  Transaction transaction(connection_);
  std::optional<SinkLease> lease;
  {
    auto rows = take_.query(request.sink, request.owner, now + request.duration, now);
    if (rows.next()) lease = {.epoch = rows.integer(0), .position = rows.integer(1)};
  }
  transaction.commit();
  return lease;
}

bool SinkWriter::renew_lease(const SinkDriver& driver, std::chrono::milliseconds duration) {
  Transaction transaction(connection_);
  const bool is_mine = renew_.query(clock_.now() + duration, driver.sink, driver.epoch).next();
  transaction.commit();
  return is_mine;
}

void SinkWriter::release_lease(const SinkDriver& driver) { release_.execute(driver.sink, driver.epoch); }

bool SinkWriter::move(const SinkDriver& driver, std::int64_t position) {
  return advance_.query(position, driver.sink, driver.epoch).next();
}

bool SinkWriter::bury(const SinkDriver& driver, const domain::DeadLetter& letter) {
  Transaction transaction(connection_);
  const bool is_mine = move(driver, letter.position);
  if (is_mine)
    bury_.execute(letter.id, letter.sink, letter.position, letter.message_id, static_cast<int>(letter.kind),
                  letter.key, static_cast<int>(letter.cause), letter.detail, letter.tries, letter.failed_at,
                  letter.resend_at);
  transaction.commit();
  return is_mine;
}

bool SinkWriter::request_resend(domain::DeadLetterId id, TimePoint at) {
  Transaction transaction(connection_);
  const bool is_there = resend_.query(at, id).next();
  transaction.commit();
  return is_there;
}

void SinkWriter::give_up_resend(domain::DeadLetterId id, const std::string& detail) {
  give_up_.execute(detail, id);
}

void SinkWriter::remove_dead_letter(domain::DeadLetterId id) { remove_.execute(id); }

}  // namespace xzepr::store::sqlite
