// One statement, blocking, on a plain connection: for start-up checks and migrations, never on a shard.
#pragma once

#include <string>

#include "store/postgres/connection.hpp"

namespace xzepr::store::postgres {

/// Throws PgFault.
Rows execute(pg_conn* connection, const std::string& sql, const Params& params = {});
/// Several statements in one text, without parameters.
void execute_script(pg_conn* connection, const std::string& sql);
/// The first value of the first row as text; "" when there is none. Throws PgFault.
[[nodiscard]] std::string ask(pg_conn* connection, const std::string& sql);

}  // namespace xzepr::store::postgres
