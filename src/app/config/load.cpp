#include "app/config/load.hpp"

#include <algorithm>
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

#include "app/config/rules.hpp"
#include "yaml/tree.hpp"

namespace xzepr::app {

namespace {

using Given = std::map<std::string, RawSetting>;

void take(Reading reading, Given& given, Problems& problems) {
  for (RawSetting& setting : reading.settings) given.insert_or_assign(setting.name, std::move(setting));
  std::ranges::move(reading.problems, std::back_inserter(problems));
}

Reading read_flags(const std::vector<FlagOverride>& flags) {
  Reading reading;
  for (const FlagOverride& flag : flags) {
    const Key* key = find_key(flag.key);
    auto value = key == nullptr ? std::unexpected(std::string("unknown key")) : parse_value(*key, flag.text);
    if (value) {
      reading.settings.push_back({key, flag.key, *std::move(value), flag.flag});
    } else {
      reading.problems.push_back({flag.flag, flag.key, value.error(), "correct the flag"});
    }
  }
  return reading;
}

Setting standard_setting(const Key& key, Profile profile) {
  if (profile == Profile::development && key.development) {
    return {&key, std::string(key.name), *key.development, "default of --dev", true};
  }
  return {&key, std::string(key.name), key.standard, "default", true};
}

std::vector<Setting> effective_settings(const Given& given, Profile profile) {
  std::vector<Setting> settings;
  for (const Key& key : key_table()) {
    if (key.type == KeyType::open) {
      for (const auto& [name, raw] : given) {
        if (raw.key == &key) settings.push_back({&key, name, raw.value, raw.origin, false});
      }
      continue;
    }
    const auto found = given.find(std::string(key.name));
    if (found == given.end()) {
      settings.push_back(standard_setting(key, profile));
    } else {
      settings.push_back({&key, found->first, found->second.value, found->second.origin, false});
    }
  }
  return settings;
}

Config config_of(const std::vector<Setting>& settings, Profile profile) {
  Config config;
  config.profile = profile;
  const auto is_limit_set = [](const Setting& setting) {
    return !setting.is_default && setting.name.starts_with("security.rate_limit.");
  };
  config.security.rate_limit.is_enabled =
      profile == Profile::production || std::ranges::any_of(settings, is_limit_set);
  for (const Setting& setting : settings) {
    if (setting.key->type == KeyType::open) {
      config.open.emplace(setting.name, std::get<std::string>(setting.value));
    } else {
      setting.key->set(config, setting.value);
    }
  }
  return config;
}

}  // namespace

std::map<std::string, std::string> Config::section(const std::string& prefix) const {
  std::map<std::string, std::string> keys;
  for (const auto& [name, value] : open) {
    if (name.starts_with(prefix)) keys.emplace(name.substr(prefix.size()), value);
  }
  return keys;
}

std::expected<Loaded, Problems> load(const LoadInput& input) {
  Given given;
  Problems problems;
  if (!input.file_name.empty())
    take(read_yaml(input.file_text, input.file_name, input.environment), given, problems);
  take(read_environment(input.environment), given, problems);
  take(read_flags(input.flags), given, problems);
  if (!problems.empty()) return std::unexpected(std::move(problems));
  Loaded loaded;
  loaded.settings = effective_settings(given, input.profile);
  loaded.config = config_of(loaded.settings, input.profile);
  loaded.config.warnings = warnings_of(loaded);
  problems = broken_rules(loaded);
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return loaded;
}

std::expected<std::string, Problem> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(yaml::config_limits.bytes_max + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || (file.fail() && !file.eof())) {
    return std::unexpected(Problem{path, "", "cannot be read", "name a readable file with --config"});
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

Environment process_environment() {
  Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != text.npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace xzepr::app
