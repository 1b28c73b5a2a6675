// From a file, variables and flags to one checked Config. Pure but for load_file and process_environment.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config.hpp"
#include "app/config/source.hpp"

namespace xzepr::app {

/// A key given on the command line; stronger than everything else.
struct FlagOverride {
  std::string key;   ///< "server.port"
  std::string text;  ///< as a variable would give it
  std::string flag;  ///< "--port", for messages
};

struct LoadInput {
  Profile profile = Profile::production;
  std::string file_name = {};  ///< empty: no file
  std::string file_text = {};
  Environment environment = {};
  std::vector<FlagOverride> flags = {};
};

/// One effective value with where it comes from: "default", "default of --dev", "FILE:LINE", a variable, a
/// flag.
struct Setting {
  const Key* key;
  std::string name;
  Value value;
  std::string origin;
  bool is_default = true;
};

struct Loaded {
  Config config;
  std::vector<Setting> settings;  ///< every key, in the order of the table
};

using Problems = std::vector<Problem>;

/// Weakest first: defaults, file, variables, flags. All problems at once; never throws.
[[nodiscard]] std::expected<Loaded, Problems> load(const LoadInput& input);

/// What `serve` demands beyond a readable configuration: TLS ended by a proxy in production, loopback in
/// development, no credentials for any origin. Empty: nothing to say.
[[nodiscard]] Problems check_for_serving(const Loaded& loaded);

/// Reads at most yaml::config_limits.bytes_max bytes.
[[nodiscard]] std::expected<std::string, Problem> read_file(const std::string& path);
[[nodiscard]] Environment process_environment();

/// "127.0.0.1", "::1", "localhost" and the rest of 127.0.0.0/8.
[[nodiscard]] bool is_loopback(std::string_view host);
/// Whether this server ends TLS itself.
[[nodiscard]] bool serves_https(const Config& config);
/// Where a certificate for this machine is kept in development: beside the embedded database.
[[nodiscard]] std::string local_certificate_folder(const Config& config);

}  // namespace xzepr::app
