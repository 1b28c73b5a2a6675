#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"

namespace xzepr::cli {

namespace {

Columns principal_columns() {
  return {column("USER", "username"),     column("USER ID", "user_id"), column("ROLES", "roles"),
          column("KEY ID", "api_key_id"), column("RPM", "rpm"),         column("RECEIVER", "receiver_id")};
}

client::Failure no_context_path() {
  return {.status = 500,
          .code = "context_unwritable",
          .detail = "neither XDG_CONFIG_HOME nor HOME is set",
          .hint = "set one of them, or use XZEPR_URL and XZEPR_API_KEY instead",
          .where = "the context file"};
}

std::string first_line(std::string text) {
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  return text;
}

// On a command line a key would be seen by everyone on the machine, so "-" reads it.
Result<void> read_key(Session& session) {
  if (session.options.api_key != "-") return {};
  const auto text = session.read_file("-");
  if (!text) return std::unexpected(text.error());
  session.options.api_key = first_line(*text);
  return {};
}

ExitCode login(Session& session) {
  if (const auto read = read_key(session); !read) return report_argument(session.terminal, read.error());
  const auto path = context_path(session.variables);
  if (!path) return report(session.terminal, no_context_path());
  return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
    const auto me = api.get("/api/v1/auth/me");
    if (!me) return std::unexpected(me.error());
    const auto written = write_context(*path, {.url = api.server().url, .api_key = api.server().api_key});
    if (!written) return std::unexpected(client::failure_of(written.error()));
    session.terminal.err(fmt::format("Logged in to {} as {}.\n", printable(api.server().url),
                                     printable(client::text_of(*me, "username"))));
    return ExitCode::ok;
  });
}

ExitCode logout(Session& session) {
  const auto path = context_path(session.variables);
  if (!path) return report(session.terminal, no_context_path());
  auto context = read_context(*path);
  if (!context) return report(session.terminal, client::failure_of(context.error()));
  if (context->api_key.empty()) return ExitCode::ok;
  context->api_key.clear();
  const auto written = write_context(*path, *context);
  if (!written) return report(session.terminal, client::failure_of(written.error()));
  session.terminal.err("Logged out; the key itself is still valid: xzepr admin key revoke ID ends it.\n");
  return ExitCode::ok;
}

}  // namespace

void add_context_commands(CLI::App& root, Session& session) {
  add_remote_verb(root, session,
                  {.name = "login",
                   .summary = "Check a key and remember it with its server, readable for you alone",
                   .examples = "  xzepr login --url https://xzepr.example.com --api-key - < key.txt\n"
                               "  XZEPR_API_KEY=xzepr_... xzepr login --url https://xzepr.example.com"},
                  [&session] { return login(session); });
  add_remote_verb(root, session,
                  {.name = "logout", .summary = "Forget the remembered key", .examples = "  xzepr logout"},
                  [&session] { return logout(session); });
  add_remote_verb(root, session,
                  {.name = "whoami",
                   .summary = "Who the server takes you for",
                   .examples = "  xzepr whoami\n  xzepr whoami -o json"},
                  [&session] {
                    return with_api(session, [&](client::Api& api) {
                      return print_get(session, api, "/api/v1/auth/me", principal_columns());
                    });
                  });
}

}  // namespace xzepr::cli
