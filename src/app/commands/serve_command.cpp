#include "app/commands/load_config.hpp"
#include "app/commands/verbs.hpp"
#include "app/serve.hpp"

namespace xzepr::app {

Result<int> run_serve(const cli::ServeArguments& arguments) {
  std::vector<FlagOverride> flags;
  if (arguments.host) flags.push_back({"server.host", *arguments.host, "--host"});
  if (arguments.port) flags.push_back({"server.port", *arguments.port, "--port"});
  if (arguments.is_tls) flags.push_back({"server.enable_https", "true", "--tls"});
  const auto loaded = load_config(arguments.config, std::move(flags));
  if (!loaded) return std::unexpected(loaded.error());
  if (const auto problems = check_for_serving(*loaded); !problems.empty()) {
    return std::unexpected(config_invalid(problems));
  }
  return serve(loaded->config);
}

}  // namespace xzepr::app
