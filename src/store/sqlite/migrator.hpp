// The numbered steps of migrations/sqlite, built in, and what a database says about them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/migration.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

/// Made by cmake/embed.cmake.
[[nodiscard]] std::span<const Migration> embedded_migrations();

/// Empty when the database has never been migrated.
[[nodiscard]] std::vector<AppliedMigration> applied_migrations(Connection& connection);

/// Throws Fault, one line that says what to do, unless the schema is the one of this binary.
void require_schema(Connection& connection, const std::string& path);

/// Opens the file. A Fault says in one line what to do: it is missing, it is no database, it cannot be
/// opened.
[[nodiscard]] std::unique_ptr<Connection> open_connection(const std::string& path, Access access,
                                                          std::size_t cache_bytes);

}  // namespace xzepr::store::sqlite
