#include "store/postgres/startup_checks.hpp"

#include <array>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "store/postgres/blocking.hpp"
#include "store/postgres/connector.hpp"
#include "store/postgres/migrator.hpp"

namespace xzepr::store::postgres {
namespace {

constexpr int version_min = 130'000;

[[noreturn]] void refuse(const std::string& line) { throw Fault(Fault::Kind::refused, line); }

void check_version(pg_conn* connection) {
  const int version = PQserverVersion(connection);
  if (version < version_min)
    refuse(fmt::format("PostgreSQL {} is too old: xzepr needs 13 or newer", version / 10'000));
}

void check_encoding(pg_conn* connection) {
  const char* encoding = PQparameterStatus(connection, "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8")
    refuse(fmt::format("the database is encoded in {}: create it with ENCODING 'UTF8'",
                       encoding == nullptr ? "nothing known" : encoding));
}

void check_primary(pg_conn* connection) {
  if (ask(connection, "SELECT pg_is_in_recovery()") == "t")
    refuse("database.url names a read-only standby: name the primary");
}

void check_schema(pg_conn* connection) {
  const auto applied = read_applied(connection);
  const auto left = pending(embedded_migrations(), applied);
  if (!left) refuse(left.error().detail);
  if (!left->empty())
    refuse(fmt::format("the database lacks {} of {} schema steps: run xzepr migrate up", left->size(),
                       embedded_migrations().size()));
}

void check_connections(pg_conn* connection, std::size_t needed) {
  const auto usable = ask(connection,
                          "SELECT current_setting('max_connections')::int - "
                          "current_setting('superuser_reserved_connections')::int");
  if (std::stoul(usable) < needed)
    refuse(
        fmt::format("database.max_connections is {}, but the server accepts {}: lower the one or raise the "
                    "server's max_connections",
                    needed, usable));
}

// Two clients: while the second holds a transaction open, the first must still be on its own server process.
void check_sessions(pg_conn* first, const StartupNeeds& needs) {
  const std::string who = "SELECT pg_backend_pid()";
  const auto before = ask(first, who);
  const auto second = connect_plainly(needs.url, needs.timeout);
  execute_script(second.get(), "BEGIN");
  (void)ask(second.get(), who);
  const auto after = ask(first, who);
  execute_script(second.get(), "ROLLBACK");
  if (before != after)
    refuse("database.url leads to a pooler in transaction mode: connect directly, or use session pooling");
}

void warn_of_lies(pg_conn* connection, telemetry::Log& log) {
  struct Setting {
    const char* name;
    const char* meaning;
  };
  constexpr std::array settings{
      Setting{"fsync", "DURABILITY IS OFF: the server does not sync; a crash can lose acknowledged events"},
      Setting{"full_page_writes", "the server does not guard against torn pages; a crash can corrupt data"},
      Setting{"synchronous_commit",
              "the server's default does not wait for its log; xzepr asks for it itself"}};
  for (const auto& setting : settings) {
    const auto value = ask(connection, fmt::format("SHOW {}", setting.name));
    if (value == "off") log.warn(log_target, setting.meaning, {{"setting", std::string_view(setting.name)}});
  }
}

}  // namespace

void check_server(const StartupNeeds& needs, telemetry::Log& log) {
  const auto connection = connect_plainly(needs.url, needs.timeout);
  check_version(connection.get());
  check_encoding(connection.get());
  check_primary(connection.get());
  check_sessions(connection.get(), needs);
  check_schema(connection.get());
  check_connections(connection.get(), needs.connections);
  warn_of_lies(connection.get(), log);
}

}  // namespace xzepr::store::postgres
