#include "store/postgres/fault.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace xzepr::store::postgres {
namespace {

std::string one_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

std::string field(const pg_result* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

struct Mapping {
  std::string_view prefix;
  Fault::Kind kind;
};
// The first prefix that matches counts.
constexpr std::array mappings{
    Mapping{"53100", Fault::Kind::storage_full},  // disk_full
    Mapping{"22", Fault::Kind::refused},          // data exceptions, NUL in text among them
    Mapping{"23", Fault::Kind::refused},          // integrity constraints
    Mapping{"54", Fault::Kind::refused},          // a row beyond a limit of the server
    Mapping{"42", Fault::Kind::corrupt},          // a statement that does not fit the schema
    Mapping{"XX", Fault::Kind::corrupt},
};

}  // namespace

Fault::Kind kind_of_sqlstate(std::string_view sqlstate) {
  const auto found = std::ranges::find_if(
      mappings, [&](const Mapping& mapping) { return sqlstate.starts_with(mapping.prefix); });
  // Connections, shutdown, locks, time-outs, memory, a read-only standby: all may pass by themselves.
  return found == mappings.end() ? Fault::Kind::unavailable : found->kind;
}

bool PgFault::is_transient() const noexcept {
  return sqlstate_ == "40001" || sqlstate_ == "40P01" || sqlstate_ == "55P03" || sqlstate_ == "25P03";
}

bool PgFault::is_stale_statement() const noexcept { return sqlstate_ == "26000" || sqlstate_ == "0A000"; }

PgFault fault_of(const pg_result* result) {
  auto sqlstate = field(result, PG_DIAG_SQLSTATE);
  const auto severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  auto message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message.empty()) message = one_line(PQresultErrorMessage(result));
  const auto constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  // Without a SQLSTATE it is libpq that speaks: the socket broke.
  const bool is_lost = sqlstate.empty() || severity == "FATAL" || severity == "PANIC";
  const auto kind = sqlstate.empty() ? Fault::Kind::unavailable : kind_of_sqlstate(sqlstate);
  return {kind,
          fmt::format("PostgreSQL: {} ({}{}{})", one_line(message),
                      sqlstate.empty() ? "connection" : sqlstate, constraint.empty() ? "" : ", ", constraint),
          sqlstate, is_lost ? PgFault::Connection::lost : PgFault::Connection::usable, constraint};
}

PgFault connection_lost(std::string_view why) {
  return {Fault::Kind::unavailable, fmt::format("PostgreSQL: {}", why), "", PgFault::Connection::lost};
}

std::string message_of(const pg_conn* connection) { return one_line(PQerrorMessage(connection)); }

}  // namespace xzepr::store::postgres
