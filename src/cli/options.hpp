// The options that several commands share, declared the same way everywhere.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <CLI/App.hpp>

#include "cli/session.hpp"

namespace xzepr::cli {

struct CommandText {
  std::string name;
  std::string summary;   ///< one line
  std::string examples;  ///< two spaces of indent per line, no final newline
};

/// A command with commands below it.
CLI::App& add_noun(CLI::App& parent, const CommandText& text);

/// A command that runs `action`, with nothing but --help.
CLI::App& add_plain_verb(CLI::App& parent, Session& session, const CommandText& text,
                         std::function<ExitCode()> action);

/// A command that runs `action`, with --url and --api-key.
CLI::App& add_server_verb(CLI::App& parent, Session& session, const CommandText& text,
                          std::function<ExitCode()> action);

/// The same with -o.
CLI::App& add_remote_verb(CLI::App& parent, Session& session, const CommandText& text,
                          std::function<ExitCode()> action);

/// A command that runs `action` on this machine, with -o.
CLI::App& add_local_verb(CLI::App& parent, Session& session, const CommandText& text,
                         std::function<ExitCode()> action);

/// --config, --dev and --data-dir.
void add_config_options(CLI::App& command, ConfigArguments& config);

/// --limit N and --all.
struct ListLimit {
  std::size_t limit = 50;
  bool is_all = false;
  [[nodiscard]] std::size_t value() const { return is_all ? 0 : limit; }
};
void add_limit_options(CLI::App& command, ListLimit& limit);

/// Appends name=value when the value is not empty.
void add_filter(http::QueryParameters& query, std::string_view name, const std::string& value);

/// Prints a list and says on stderr when there is more.
[[nodiscard]] std::expected<ExitCode, client::Failure> print_list(Session& session, client::Api& api,
                                                                  const std::string& path,
                                                                  http::QueryParameters query,
                                                                  std::size_t limit, Columns columns);

/// Prints one object that a GET answers.
[[nodiscard]] std::expected<ExitCode, client::Failure> print_get(Session& session, client::Api& api,
                                                                 const std::string& path,
                                                                 const Columns& columns);

}  // namespace xzepr::cli
