#include "store/migration.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/digest.hpp"

namespace xzepr::store {
namespace {

const Migration* find_step(std::span<const Migration> known, std::int64_t number) {
  const auto at = std::ranges::find(known, number, &Migration::number);
  return at == known.end() ? nullptr : &*at;
}

Error schema_newer(const AppliedMigration& step) {
  return {.kind = Errc::conflict,
          .code = "schema_newer",
          .detail =
              fmt::format("the database has schema step {} ({}), which this version of xzepr does not know: "
                          "run a newer xzepr",
                          step.number, step.name)};
}

Error schema_changed(const Migration& step) {
  return {.kind = Errc::conflict,
          .code = "schema_changed",
          .detail = fmt::format(
              "schema step {} ({}) differs from the one that was applied to the database: run the "
              "xzepr that migrated it, or restore a backup",
              step.number, step.name)};
}

}  // namespace

std::string Migration::checksum() const { return crypto::to_hex(crypto::sha256(sql)); }

Result<std::vector<Migration>> pending(std::span<const Migration> known,
                                       std::span<const AppliedMigration> applied) {
  for (const auto& done : applied) {
    const Migration* step = find_step(known, done.number);
    if (step == nullptr) return std::unexpected(schema_newer(done));
    if (step->checksum() != done.checksum) return std::unexpected(schema_changed(*step));
  }
  std::vector<Migration> left;
  for (const auto& step : known) {
    if (std::ranges::find(applied, step.number, &AppliedMigration::number) == applied.end())
      left.push_back(step);
  }
  std::ranges::sort(left, {}, &Migration::number);
  return left;
}

}  // namespace xzepr::store
