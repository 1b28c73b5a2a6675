// Schema migrations: numbered SQL steps built into the binary, each with a checksum, each in a transaction of
// its own with its row in schema_migrations. Safe to interrupt and repeat.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace xzepr::store {

struct Migration {
  std::int64_t number;
  std::string_view name;
  std::string_view sql;
  [[nodiscard]] std::string checksum() const;  ///< hex SHA-256 of the SQL text
};

struct AppliedMigration {
  std::int64_t number;
  std::string name;
  std::string checksum;
  TimePoint applied_at;
};

/// What must still run, in order. Errors, each in one line that says what to do: "schema_newer" (the database
/// knows a step that this binary does not), "schema_changed" (a step was edited after it was applied).
[[nodiscard]] Result<std::vector<Migration>> pending(std::span<const Migration> known,
                                                     std::span<const AppliedMigration> applied);

/// One database's side of it, blocking; used by the command line and at start.
class Migrator {
 public:
  virtual ~Migrator() = default;
  [[nodiscard]] virtual std::span<const Migration> known() const = 0;
  /// Empty when the database has never been migrated. Throws Fault.
  [[nodiscard]] virtual std::vector<AppliedMigration> applied() = 0;
  /// Applies what is pending under one lock; returns the steps that this call applied.
  [[nodiscard]] virtual Result<std::vector<AppliedMigration>> up(TimePoint now) = 0;
};

}  // namespace xzepr::store
