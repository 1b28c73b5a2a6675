#include "store/postgres/migrator.hpp"

#include <fmt/format.h>

#include "store/postgres/blocking.hpp"
#include "store/postgres/connector.hpp"

namespace xzepr::store::postgres {
namespace {

// Any number, the same for every xzepr: "xzepr" in ASCII.
constexpr std::int64_t lock_key = 0x787a657072;

void take_lock(pg_conn* connection) {
  execute_script(connection, "SET lock_timeout = '60s'");
  try {
    execute(connection, "SELECT pg_advisory_lock($1::bigint)", Params().int8(lock_key));
  } catch (const PgFault& fault) {
    if (fault.sqlstate() != "55P03") throw;
    throw Fault(Fault::Kind::unavailable,
                "another xzepr has been migrating this database for a minute: wait, then try again");
  }
  execute_script(connection, "SET lock_timeout = 0");
}

void make_table(pg_conn* connection) {
  execute_script(
      connection,
      "SET client_min_messages = warning; "
      "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, "
      "checksum TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL)");
}

// The step and its row commit together, so an interrupted step leaves nothing.
AppliedMigration apply(pg_conn* connection, const Migration& step, TimePoint now) {
  AppliedMigration done{
      .number = step.number, .name = std::string(step.name), .checksum = step.checksum(), .applied_at = now};
  execute_script(connection, "BEGIN");
  try {
    execute_script(connection, std::string(step.sql));
    execute(connection,
            "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1::bigint, "
            "$2::text, $3::text, $4::timestamptz)",
            Params().int8(done.number).text(done.name).text(done.checksum).time(now));
    execute_script(connection, "COMMIT");
  } catch (const PgFault& fault) {
    throw Fault(fault.kind(),
                fmt::format("schema step {} ({}) failed: {}", step.number, step.name, fault.what()));
  }
  return done;
}

}  // namespace

std::vector<AppliedMigration> read_applied(pg_conn* connection) {
  std::vector<AppliedMigration> applied;
  if (ask(connection, "SELECT to_regclass('schema_migrations') IS NOT NULL") != "t") return applied;
  const auto rows =
      execute(connection, "SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number");
  for (int row = 0; row < rows.size(); ++row)
    applied.push_back({.number = rows.int8(row, 0),
                       .name = rows.text(row, 1),
                       .checksum = rows.text(row, 2),
                       .applied_at = rows.time(row, 3)});
  return applied;
}

PostgresMigrator::PostgresMigrator(std::string url, std::chrono::milliseconds timeout)
    : url_(std::move(url)), timeout_(timeout) {}

std::vector<AppliedMigration> PostgresMigrator::applied() {
  const auto connection = connect_plainly(url_, timeout_);
  return read_applied(connection.get());
}

Result<std::vector<AppliedMigration>> PostgresMigrator::up(TimePoint now) {
  const auto connection = connect_plainly(url_, timeout_);
  take_lock(connection.get());  // until the connection ends
  make_table(connection.get());
  const auto before = read_applied(connection.get());
  const auto left = pending(known(), before);
  if (!left) return std::unexpected(left.error());
  std::vector<AppliedMigration> done;
  for (const auto& step : *left) done.push_back(apply(connection.get(), step, now));
  // Not on a new database: of a table never looked at the planner assumes ten pages, of one known to be empty
  // none, and then every index looks as good as the right one.
  if (!done.empty() && !before.empty()) execute_script(connection.get(), "ANALYZE");
  return done;
}

}  // namespace xzepr::store::postgres
