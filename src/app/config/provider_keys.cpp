#include "app/config/provider_keys.hpp"

#include "identity/oidc/settings.hpp"

namespace xzepr::app {

std::map<std::string, std::string> provider_keys(const Config& config) {
  constexpr std::string_view section = "oidc.";
  std::map<std::string, std::string> keys;
  for (const auto& [name, value] : config.open) {
    if (name.starts_with(section) && !value.empty()) keys.emplace(name.substr(section.size()), value);
  }
  return keys;
}

bool has_provider(const Config& config) { return !provider_keys(config).empty(); }

std::vector<std::string> provider_problems(const Config& config) {
  if (!has_provider(config)) return {};
  const auto settings = identity::oidc::read_settings(provider_keys(config));
  return settings ? std::vector<std::string>() : settings.error();
}

}  // namespace xzepr::app
