#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"

namespace xzepr::cli {

namespace {

std::string place_of(const ConfigArguments& config) {
  return config.file.empty() ? "the configuration (no file)" : config.file;
}

void print_rows(Session& session, const json::Value& rows, Columns columns) {
  ListWriter writer(session.terminal, session.format(), std::move(columns));
  if (rows.is_array()) {
    for (const auto& row : rows.get_array()) writer.add(row);
  }
  writer.finish();
}

using DataVerb = std::function<Result<json::Value>(const ConfigArguments&)>;

void add_rows_verb(CLI::App& parent, Session& session, const CommandText& text, DataVerb verb,
                   Columns columns) {
  auto config = std::make_shared<ConfigArguments>();
  CLI::App& command = add_local_verb(
      parent, session, text, [&session, config, verb = std::move(verb), columns = std::move(columns)] {
        const auto rows = verb(*config);
        if (!rows) return report_local(session.terminal, rows.error(), place_of(*config));
        print_rows(session, *rows, columns);
        return ExitCode::ok;
      });
  add_config_options(command, *config);
}

ExitCode exit_of(Session& session, const Result<int>& code) {
  if (code) return static_cast<ExitCode>(*code);
  tell_lines(session.terminal, code.error().detail);
  return code.error().code == "config_invalid" ? ExitCode::refused : ExitCode::failure;
}

void add_serve(CLI::App& root, Session& session) {
  auto arguments = std::make_shared<ServeArguments>();
  CLI::App& command = *root.add_subcommand("serve", "Run the server");
  command.footer(
      "  xzepr serve --dev\n"
      "  xzepr serve --dev --port 9000 --data-dir /tmp/xzepr\n"
      "  xzepr serve --dev --tls\n"
      "  xzepr serve --config config/production.yaml");
  add_config_options(command, arguments->config);
  command.add_option("--host", arguments->host, "address to listen on (server.host)");
  command.add_option("--port", arguments->port, "port to listen on (server.port)");
  command.add_flag("--tls", arguments->is_tls,
                   "serve HTTPS (server.enable_https); with --dev a certificate for this machine is made");
  command.callback([&session, arguments] {
    session.action = [&session, arguments] { return exit_of(session, session.local.serve(*arguments)); };
  });
}

void add_demo(CLI::App& root, Session& session) {
  auto arguments = std::make_shared<DemoArguments>();
  CLI::App& command = add_plain_verb(
      root, session,
      {.name = "demo",
       .summary = "Run a server of its own with receivers, gates and a stream of events, to look around in",
       .examples = "  xzepr demo\n"
                   "  xzepr demo --rate 20 --seed 7\n"
                   "  xzepr demo --port 9000 --data-dir ./xzepr-demo"},
      [&session, arguments] { return exit_of(session, session.local.demo(*arguments)); });
  command
      .add_option("--data-dir", arguments->data_dir,
                  "folder of its database, kept between runs (default: a new one, removed at the end)")
      ->option_text("DIR");
  command.add_option("--port", arguments->port, "port to listen on (default: 8042)");
  command.add_option("--seed", arguments->seed, "the same seed tells the same story (default: 1)")
      ->option_text("N");
  command.add_option("--rate", arguments->events_per_second, "events a second, 0.01 to 1000 (default: 2)")
      ->option_text("N")
      ->check(CLI::Range(0.01, 1000.0));
}

ExitCode check(Session& session, const ConfigArguments& config) {
  const auto checked = session.local.config_check(config);
  if (!checked) return report_local(session.terminal, checked.error(), place_of(config));
  const auto* warnings = find_member(*checked, "warnings");
  if (warnings != nullptr && warnings->is_array()) {
    for (const auto& warning : warnings->get_array())
      session.terminal.err(fmt::format("warning: {}\n", printable(cell_of(warning))));
  }
  session.terminal.err(fmt::format("{} is in order.\n", printable(place_of(config))));
  return ExitCode::ok;
}

void add_config(CLI::App& root, Session& session) {
  CLI::App& config = add_noun(
      root, {.name = "config",
             .summary = "Show and check the configuration",
             .examples = "  xzepr config check --config config/production.yaml\n  xzepr config show --dev"});
  add_rows_verb(
      config, session,
      {.name = "show",
       .summary = "Effective values with where each comes from, secrets masked",
       .examples = "  xzepr config show --config config/production.yaml\n  xzepr config show --dev -o json"},
      [&session](const ConfigArguments& arguments) { return session.local.config_show(arguments); },
      {column("KEY", "key"), column("VALUE", "value"), column("ORIGIN", "origin")});
  auto arguments = std::make_shared<ConfigArguments>();
  CLI::App& checking =
      add_local_verb(config, session,
                     {.name = "check",
                      .summary = "Say what is wrong with it; exits 6 when serve would refuse it",
                      .examples = "  xzepr config check --config config/production.yaml"},
                     [&session, arguments] { return check(session, *arguments); });
  add_config_options(checking, *arguments);
  add_local_verb(config, session,
                 {.name = "reference",
                  .summary = "Every key, as Markdown",
                  .examples = "  xzepr config reference > docs/configuration.md"},
                 [&session] {
                   session.terminal.out(session.local.config_reference());
                   return ExitCode::ok;
                 });
}

void add_migrate(CLI::App& root, Session& session) {
  CLI::App& migrate = add_noun(root, {.name = "migrate",
                                      .summary = "Bring the database's schema up to this version",
                                      .examples = "  xzepr migrate up --config config/production.yaml"});
  const Columns columns = {column("NUMBER", "number"), column("NAME", "name"),
                           column("APPLIED", "applied_at")};
  add_rows_verb(
      migrate, session,
      {.name = "up",
       .summary = "Apply what is pending; safe to interrupt and repeat",
       .examples = "  xzepr migrate up --config config/production.yaml"},
      [&session](const ConfigArguments& arguments) { return session.local.migrate_up(arguments); }, columns);
  add_rows_verb(
      migrate, session,
      {.name = "status",
       .summary = "Which steps are applied",
       .examples = "  xzepr migrate status --config config/production.yaml"},
      [&session](const ConfigArguments& arguments) { return session.local.migrate_status(arguments); },
      columns);
}

}  // namespace

void add_local_verbs(CLI::App& root, Session& session) {
  add_serve(root, session);
  add_demo(root, session);
  add_config(root, session);
  add_migrate(root, session);
  add_local_verb(root, session,
                 {.name = "version",
                  .summary = "Print the version",
                  .examples = "  xzepr version\n  xzepr version -o json"},
                 [&session] {
                   if (session.format() == Format::table) {
                     session.terminal.out(fmt::format("xzepr {}\n", XZEPR_VERSION));
                   } else {
                     print_object(session.terminal, session.format(), {column("VERSION", "version")},
                                  json::Object{{"version", XZEPR_VERSION}});
                   }
                   return ExitCode::ok;
                 });
}

}  // namespace xzepr::cli
