#include "app/commands/load_config.hpp"
#include "app/commands/verbs.hpp"
#include "app/config/show.hpp"

namespace xzepr::app {

Result<json::Value> config_show(const cli::ConfigArguments& arguments) {
  const auto loaded = load_config(arguments);
  if (!loaded) return std::unexpected(loaded.error());
  json::Array rows;
  for (const Setting& setting : loaded->settings) {
    rows.push_back(
        json::Object{{"key", setting.name}, {"value", shown_value(setting)}, {"origin", setting.origin}});
  }
  return rows;
}

Result<json::Value> config_check(const cli::ConfigArguments& arguments) {
  const auto loaded = load_config(arguments);
  if (!loaded) return std::unexpected(loaded.error());
  if (const auto problems = check_for_serving(*loaded); !problems.empty()) {
    return std::unexpected(config_invalid(problems));
  }
  json::Array warnings;
  for (const std::string& warning : loaded->config.warnings) warnings.push_back(json::Value(warning));
  return json::Object{{"warnings", std::move(warnings)}};
}

}  // namespace xzepr::app
