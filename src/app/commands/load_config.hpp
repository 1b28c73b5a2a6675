// From the arguments of a verb to a configuration.
#pragma once

#include "app/config/load.hpp"
#include "cli/local_commands.hpp"

namespace xzepr::app {

/// Reads the file and the process's variables. Errc::invalid, code "config_invalid", one line per problem.
[[nodiscard]] Result<Loaded> load_config(const cli::ConfigArguments& arguments,
                                         std::vector<FlagOverride> flags = {});

/// "config_invalid" over these problems; there must be one.
[[nodiscard]] Error config_invalid(const Problems& problems);

/// Runs what may throw a Fault; the Fault becomes Errc::unavailable, code "store_unavailable", its text the
/// detail.
template <class Use>
[[nodiscard]] auto without_faults(Use use) -> decltype(use()) {
  try {
    return use();
  } catch (const Fault& fault) {
    return std::unexpected(Error{.kind = Errc::unavailable,
                                 .code = "store_unavailable",
                                 .detail = fault.what(),
                                 .hint = "check database.url: xzepr config show"});
  }
}

}  // namespace xzepr::app
