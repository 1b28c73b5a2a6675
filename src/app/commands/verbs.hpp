// Each local verb: typed arguments in, data or an Error out. What a verb answers is said in
// cli/local_commands.hpp.
#pragma once

#include <optional>
#include <string>

#include "cli/local_commands.hpp"

namespace xzepr::app {

[[nodiscard]] Result<int> run_serve(const cli::ServeArguments& arguments);
[[nodiscard]] Result<int> run_demo(const cli::DemoArguments& arguments);

[[nodiscard]] Result<json::Value> config_show(const cli::ConfigArguments& arguments);
[[nodiscard]] Result<json::Value> config_check(const cli::ConfigArguments& arguments);

[[nodiscard]] Result<json::Value> migrate_up(const cli::ConfigArguments& arguments);
[[nodiscard]] Result<json::Value> migrate_status(const cli::ConfigArguments& arguments);

[[nodiscard]] Result<json::Value> admin_bootstrap(const cli::ConfigArguments& arguments);
[[nodiscard]] Result<json::Value> key_create(const cli::ConfigArguments& arguments, const cli::NewKey& key);
[[nodiscard]] Result<json::Value> key_list(const cli::ConfigArguments& arguments,
                                           const std::optional<std::string>& user);
[[nodiscard]] Result<void> key_revoke(const cli::ConfigArguments& arguments, const std::string& id);

[[nodiscard]] Result<json::Value> user_create(const cli::ConfigArguments& arguments,
                                              const cli::NewAccount& account);
[[nodiscard]] Result<json::Value> user_list(const cli::ConfigArguments& arguments);
[[nodiscard]] Result<json::Value> user_change(const cli::ConfigArguments& arguments, const std::string& user,
                                              const cli::AccountChange& change);
[[nodiscard]] Result<void> user_password(const cli::ConfigArguments& arguments, const std::string& user,
                                         const std::string& password);

[[nodiscard]] Result<json::Value> signing_key_rotate(const cli::ConfigArguments& arguments);
[[nodiscard]] Result<json::Value> signing_key_list(const cli::ConfigArguments& arguments);

}  // namespace xzepr::app
