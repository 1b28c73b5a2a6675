// What PostgreSQL says when it says no, as a Fault that keeps the SQLSTATE and whether the connection is
// gone.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

struct pg_result;
struct pg_conn;

namespace xzepr::store::postgres {

/// What this module writes to the log under.
inline constexpr std::string_view log_target = "store";

class PgFault final : public Fault {
 public:
  enum class Connection : std::uint8_t { usable, lost };

  PgFault(Kind kind, const std::string& what, std::string sqlstate, Connection connection,
          std::string constraint = {})
      : Fault(kind, what),
        sqlstate_(std::move(sqlstate)),
        constraint_(std::move(constraint)),
        connection_(connection) {}

  /// Five characters; empty when the client found the fault.
  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }
  /// The violated constraint's name, or empty.
  [[nodiscard]] const std::string& constraint() const noexcept { return constraint_; }
  [[nodiscard]] bool is_connection_lost() const noexcept { return connection_ == Connection::lost; }
  /// Serialisation, deadlock, a lock or an idle time-out: the same transaction may well pass when it is run
  /// again.
  [[nodiscard]] bool is_transient() const noexcept;
  /// A statement prepared for another schema, or unknown to the server: a new connection cures it.
  [[nodiscard]] bool is_stale_statement() const noexcept;

 private:
  std::string sqlstate_;
  std::string constraint_;
  Connection connection_;
};

/// https://www.postgresql.org/docs/15/errcodes-appendix.html
[[nodiscard]] Fault::Kind kind_of_sqlstate(std::string_view sqlstate);

/// Of a result with status PGRES_FATAL_ERROR.
[[nodiscard]] PgFault fault_of(const pg_result* result);
/// The connection broke; `why` in one line.
[[nodiscard]] PgFault connection_lost(std::string_view why);
/// libpq's last message on the connection, in one line without its label.
[[nodiscard]] std::string message_of(const pg_conn* connection);

}  // namespace xzepr::store::postgres
