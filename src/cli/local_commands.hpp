// The verbs that work on this machine, given to the command line by whoever links the server. Each gets its
// arguments typed and answers data or an Error; the command line prints them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "json/value.hpp"

namespace xzepr::cli {

/// Where the configuration comes from; common to all local verbs.
struct ConfigArguments {
  std::string file = {};  ///< --config; empty: none
  bool is_development = false;
  std::optional<std::string> data_dir = std::nullopt;
};

struct ServeArguments {
  ConfigArguments config;
  bool is_tls = false;
  std::optional<std::string> host = std::nullopt;
  std::optional<std::string> port = std::nullopt;
};

struct DemoArguments {
  std::optional<std::string> data_dir = std::nullopt;  ///< absent: a folder of its own, removed at the end
  std::optional<std::string> port = std::nullopt;
  std::uint64_t seed = 1;
  double events_per_second = 2;
};

/// A key as it was asked for, the same towards the API and the database.
struct NewKey {
  std::string user = {};  ///< empty: the caller
  std::string name = {};
  std::vector<std::string> roles = {};
  std::optional<std::uint32_t> rpm = std::nullopt;
  std::optional<std::string> receiver = std::nullopt;
  std::optional<std::string> expires_at = std::nullopt;  ///< RFC 3339
};

/// A user as it was asked for, the same towards the API and the database.
struct NewAccount {
  std::string username = {};
  std::string email = {};
  std::string display_name = {};
  std::vector<std::string> roles = {};
  std::optional<std::string> password = std::nullopt;
};
struct AccountChange {
  std::optional<std::vector<std::string>> roles = std::nullopt;
  std::optional<bool> enabled = std::nullopt;
};

/// An Error with the code "config_invalid" holds one line per problem in its detail.
struct LocalCommands {
  using Data = Result<json::Value>;

  /// Runs until it is told to stop; the process's exit code. Says itself what went wrong.
  std::function<Result<int>(const ServeArguments&)> serve;
  /// As serve.
  std::function<Result<int>(const DemoArguments&)> demo;
  /// [{"key", "value", "origin"}], secrets masked.
  std::function<Data(const ConfigArguments&)> config_show;
  /// {"warnings": [...]}
  std::function<Data(const ConfigArguments&)> config_check;
  /// Markdown.
  std::function<std::string()> config_reference;
  /// [{"number", "name", "applied_at"}], what this call applied.
  std::function<Data(const ConfigArguments&)> migrate_up;
  /// [{"number", "name", "applied_at" or null}]
  std::function<Data(const ConfigArguments&)> migrate_status;
  /// As POST /api-keys answers, the clear key as "key".
  std::function<Data(const ConfigArguments&)> admin_bootstrap;
  std::function<Data(const ConfigArguments&, const NewKey&)> key_create;
  /// [key, ...]
  std::function<Data(const ConfigArguments&, const std::optional<std::string>& user)> key_list;
  std::function<Result<void>(const ConfigArguments&, const std::string& id)> key_revoke;
  /// As the API answers for users.
  std::function<Data(const ConfigArguments&, const NewAccount&)> user_create;
  std::function<Data(const ConfigArguments&)> user_list;
  std::function<Data(const ConfigArguments&, const std::string& user, const AccountChange&)> user_change;
  std::function<Result<void>(const ConfigArguments&, const std::string& user, const std::string& password)>
      user_password;
  /// {"kid", "algorithm", "state", "not_audited"}, of the new key; the last says why there is no audit row,
  /// or is null.
  std::function<Data(const ConfigArguments&)> signing_key_rotate;
  /// [{"kid", "algorithm", "state": "current" or "previous", "until"}]
  std::function<Data(const ConfigArguments&)> signing_key_list;
};

}  // namespace xzepr::cli
