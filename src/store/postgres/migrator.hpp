// PostgreSQL's side of schema migrations: blocking, under one advisory lock, each step in a transaction of
// its own.
#pragma once

#include <chrono>
#include <string>

#include "store/migration.hpp"
#include "store/postgres/connection.hpp"

namespace xzepr::store::postgres {

[[nodiscard]] std::span<const Migration> embedded_migrations();

/// What is in schema_migrations; empty when there is no such table. Throws Fault.
[[nodiscard]] std::vector<AppliedMigration> read_applied(pg_conn* connection);

class PostgresMigrator final : public Migrator {
 public:
  explicit PostgresMigrator(std::string url, std::chrono::milliseconds timeout = std::chrono::seconds{10});

  [[nodiscard]] std::span<const Migration> known() const override { return embedded_migrations(); }
  [[nodiscard]] std::vector<AppliedMigration> applied() override;
  [[nodiscard]] Result<std::vector<AppliedMigration>> up(TimePoint now) override;

 private:
  std::string url_;
  std::chrono::milliseconds timeout_;
};

}  // namespace xzepr::store::postgres
