#include "cli/session.hpp"

#include <cstdlib>

#include <poll.h>

#include "cli/files.hpp"
#include "cli/report.hpp"

namespace xzepr::cli {

namespace {

constexpr std::string_view default_url = "http://127.0.0.1:8042";

std::optional<std::string> variable_of_process(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

Result<Context> saved_context(const Session& session) {
  const auto path = context_path(session.variables);
  return path ? read_context(*path) : Result<Context>(Context{});
}

std::string first_of(const std::string& flag, const std::optional<std::string>& variable,
                     const std::string& saved) {
  if (!flag.empty()) return flag;
  return variable ? *variable : saved;
}

}  // namespace

Session make_session(LocalCommands local) {
  const auto new_transport = [ca_file = variable_of_process("XZEPR_CA_FILE").value_or("")] {
    return client::make_transport(ca_file);
  };
  return {
      .terminal = make_terminal(),
      .variables = variable_of_process,
      .transport = new_transport(),
      .new_transport = new_transport,
      .read_file = read_whole_file,
      .write_file = replace_file,
      .run_child = run_child,
      .should_stop = was_interrupted,
      .pause = [](std::chrono::milliseconds length) { ::poll(nullptr, 0, static_cast<int>(length.count())); },
      .steady_now = [] { return std::chrono::steady_clock::now(); },
      .now = [] { return SystemClock().now(); },
      .local = std::move(local)};
}

std::expected<client::Server, client::Failure> resolve_server(const Session& session) {
  const auto url_variable = session.variables("XZEPR_URL");
  const auto key_variable = session.variables("XZEPR_API_KEY");
  const bool needs_context =
      (session.options.url.empty() && !url_variable) || (session.options.api_key.empty() && !key_variable);
  const auto saved = needs_context ? saved_context(session) : Result<Context>(Context{});
  if (!saved) return std::unexpected(client::failure_of(saved.error()));
  client::Server server;
  server.url = first_of(session.options.url, url_variable, saved->url);
  if (server.url.empty()) server.url = default_url;
  const bool is_saved_server = server.url == saved->url;
  server.api_key =
      first_of(session.options.api_key, key_variable, is_saved_server ? saved->api_key : std::string());
  if (const auto checked = client::check_url(server.url); !checked)
    return std::unexpected(client::failure_of(checked.error()));
  return server;
}

std::expected<client::Api, client::Failure> make_api(const Session& session) {
  auto server = resolve_server(session);
  if (!server) return std::unexpected(server.error());
  return client::Api(*std::move(server), session.transport);
}

ExitCode with_api(Session& session,
                  const std::function<std::expected<ExitCode, client::Failure>(client::Api&)>& use) {
  auto api = make_api(session);
  if (!api) return report(session.terminal, api.error());
  const auto code = use(*api);
  return code ? *code : report(session.terminal, code.error());
}

}  // namespace xzepr::cli
