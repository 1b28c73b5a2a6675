#include <algorithm>

#include <fmt/format.h>

#include "app/commands/load_config.hpp"
#include "app/commands/verbs.hpp"
#include "app/open_database.hpp"
#include "base/time_text.hpp"

namespace xzepr::app {

namespace {

std::string number_text(std::int64_t number) { return fmt::format("{:04}", number); }

json::Object row_of(const store::AppliedMigration& step) {
  return {{"number", number_text(step.number)},
          {"name", step.name},
          {"applied_at", xzepr::to_string(step.applied_at)}};
}

json::Array status_rows(store::Migrator& migrator) {
  const auto applied = migrator.applied();
  json::Array rows;
  for (const store::AppliedMigration& step : applied) rows.push_back(row_of(step));
  for (const store::Migration& step : migrator.known()) {
    if (std::ranges::find(applied, step.number, &store::AppliedMigration::number) != applied.end()) continue;
    rows.push_back(
        json::Object{{"number", number_text(step.number)}, {"name", step.name}, {"applied_at", nullptr}});
  }
  return rows;
}

}  // namespace

Result<json::Value> migrate_up(const cli::ConfigArguments& arguments) {
  const auto loaded = load_config(arguments);
  if (!loaded) return std::unexpected(loaded.error());
  return without_faults([&]() -> Result<json::Value> {
    auto applied = open_migrator(loaded->config)->up(SystemClock().now());
    if (!applied) return std::unexpected(std::move(applied).error());
    json::Array rows;
    for (const store::AppliedMigration& step : *applied) rows.push_back(row_of(step));
    return rows;
  });
}

Result<json::Value> migrate_status(const cli::ConfigArguments& arguments) {
  const auto loaded = load_config(arguments);
  if (!loaded) return std::unexpected(loaded.error());
  return without_faults([&]() -> Result<json::Value> {
    const auto migrator = open_migrator(loaded->config);
    return status_rows(*migrator);
  });
}

}  // namespace xzepr::app
