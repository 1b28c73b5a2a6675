#include "cli/options.hpp"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/limits.hpp"
#include "client/pages.hpp"

namespace xzepr::cli {

namespace {

void add_format_option(CLI::App& command, Session& session) {
  command.add_option("-o,--output", session.options.format, "table, json, ndjson, yaml or tsv")
      ->check(CLI::IsMember({"table", "json", "ndjson", "yaml", "tsv"}))
      ->option_text("FORMAT")
      ->group("Common");
}

void add_server_options(CLI::App& command, Session& session) {
  command
      .add_option("--url", session.options.url,
                  "server (XZEPR_URL, else the context of xzepr login, else http://127.0.0.1:8042)")
      ->option_text("URL")
      ->group("Common");
  command.add_option("--api-key", session.options.api_key, "key (better: XZEPR_API_KEY or xzepr login)")
      ->option_text("KEY")
      ->group("Common");
}

}  // namespace

CLI::App& add_noun(CLI::App& parent, const CommandText& text) {
  CLI::App& command = *parent.add_subcommand(text.name, text.summary);
  command.footer(text.examples);
  // Exactly one: with room for a second, CLI11 would take an argument that is spelled like a command for one.
  command.require_subcommand(1);
  return command;
}

CLI::App& add_plain_verb(CLI::App& parent, Session& session, const CommandText& text,
                         std::function<ExitCode()> action) {
  CLI::App& command = *parent.add_subcommand(text.name, text.summary);
  command.footer(text.examples);
  command.callback([&session, action = std::move(action)] { session.action = action; });
  return command;
}

CLI::App& add_server_verb(CLI::App& parent, Session& session, const CommandText& text,
                          std::function<ExitCode()> action) {
  CLI::App& command = add_plain_verb(parent, session, text, std::move(action));
  add_server_options(command, session);
  return command;
}

CLI::App& add_remote_verb(CLI::App& parent, Session& session, const CommandText& text,
                          std::function<ExitCode()> action) {
  CLI::App& command = add_plain_verb(parent, session, text, std::move(action));
  add_format_option(command, session);
  add_server_options(command, session);
  return command;
}

CLI::App& add_local_verb(CLI::App& parent, Session& session, const CommandText& text,
                         std::function<ExitCode()> action) {
  CLI::App& command = add_plain_verb(parent, session, text, std::move(action));
  add_format_option(command, session);
  return command;
}

void add_config_options(CLI::App& command, ConfigArguments& config) {
  command.add_option("--config", config.file, "configuration file (default: none)")->option_text("FILE");
  command.add_flag("--dev", config.is_development,
                   "development: loopback, SQLite under ./xzepr-data, migrates itself");
  command
      .add_option("--data-dir", config.data_dir,
                  "folder of the embedded database (database.url = sqlite:DIR/xzepr.db)")
      ->option_text("DIR");
}

void add_limit_options(CLI::App& command, ListLimit& limit) {
  command.add_option("--limit", limit.limit, "items at most (50)")
      ->option_text("N")
      ->check(CLI::PositiveNumber);
  command.add_flag("--all", limit.is_all, "all items");
}

void add_filter(http::QueryParameters& query, std::string_view name, const std::string& value) {
  if (!value.empty()) query.emplace_back(name, value);
}

std::expected<ExitCode, client::Failure> print_list(Session& session, client::Api& api,
                                                    const std::string& path, http::QueryParameters query,
                                                    std::size_t limit, Columns columns) {
  // Made by the first item or by the end, so that a failure leaves stdout empty.
  std::unique_ptr<ListWriter> writer;
  const auto open = [&]() -> ListWriter& {
    if (!writer) writer = std::make_unique<ListWriter>(session.terminal, session.format(), columns);
    return *writer;
  };
  const client::ListCall call{.path = path, .query = std::move(query), .limit = limit};
  const auto has_more = client::for_each_item(api, call, [&](const json::Value& item) { open().add(item); });
  if (!has_more) return std::unexpected(has_more.error());
  open().finish();
  if (*has_more && session.terminal.is_err_terminal)
    session.terminal.err("(there are more: --limit N or --all)\n");
  return ExitCode::ok;
}

std::expected<ExitCode, client::Failure> print_get(Session& session, client::Api& api,
                                                   const std::string& path, const Columns& columns) {
  const auto answer = api.get(path);
  if (!answer) return std::unexpected(answer.error());
  print_object(session.terminal, session.format(), columns, *answer);
  return ExitCode::ok;
}

}  // namespace xzepr::cli
