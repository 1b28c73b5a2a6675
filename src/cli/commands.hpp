// Each declares the commands of one noun below `root`.
#pragma once

#include <CLI/App.hpp>

#include "cli/session.hpp"

namespace xzepr::cli {

void add_event_commands(CLI::App& root, Session& session);
/// `list`, `import` and `tail`, below `event`.
void add_event_list(CLI::App& event, Session& session);
void add_import_command(CLI::App& event, Session& session);
void add_event_tail(CLI::App& event, Session& session);
/// `watch`.
void add_watch_command(CLI::App& root, Session& session);
void add_receiver_commands(CLI::App& root, Session& session);
void add_group_commands(CLI::App& root, Session& session);
/// `status` and `wait`, below `group`.
void add_gate_commands(CLI::App& group, Session& session);
void add_artifact_commands(CLI::App& root, Session& session);
/// `list` and `dead-letters`.
void add_sink_commands(CLI::App& root, Session& session);
void add_webhook_commands(CLI::App& root, Session& session);
/// `deliveries`, `test` and `replay`, below `webhook`.
void add_webhook_deliveries(CLI::App& webhook, Session& session);
void add_admin_commands(CLI::App& root, Session& session);
/// `user` and `signing-key`, below `admin`.
void add_user_commands(CLI::App& admin, Session& session);
void add_signing_key_commands(CLI::App& admin, Session& session);
/// An administrative command goes to the API when one is named, else to the configured database.
[[nodiscard]] bool uses_api(const Session& session);
void add_apply_command(CLI::App& root, Session& session);
void add_export_command(CLI::App& root, Session& session);
/// `api` and `status`.
void add_api_commands(CLI::App& root, Session& session);
/// `login`, `logout`, `whoami`.
void add_context_commands(CLI::App& root, Session& session);
/// `completion`, `man`.
void add_shell_commands(CLI::App& root, Session& session);
/// `serve`, `config`, `migrate`, `version`.
void add_local_verbs(CLI::App& root, Session& session);

}  // namespace xzepr::cli
