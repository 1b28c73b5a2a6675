#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/time_arguments.hpp"

namespace xzepr::cli {

namespace {

struct KeyArguments {
  ConfigArguments config;
  NewKey key;
  std::string expires;
};

struct AdminListArguments {
  ConfigArguments config;
  std::string user;
  ListLimit limit = {.is_all = true};
};

struct RevokeArguments {
  ConfigArguments config;
  std::string id;
};

// The key itself first: it is what a script takes from here.
Columns created_columns() {
  return {column("KEY", "key"),   column("ID", "id"),       column("USER", "username"),
          column("NAME", "name"), column("ROLES", "roles"), column("EXPIRES", "expires_at")};
}

Columns list_columns() {
  return {column("ID", "id"),
          column("NAME", "name"),
          column("PREFIX", "prefix"),
          column("USER", "user_id"),
          column("ROLES", "roles"),
          column("RPM", "rpm"),
          column("CREATED", "created_at"),
          column("EXPIRES", "expires_at"),
          column("REVOKED", "revoked_at"),
          column("LAST USED", "last_used_at")};
}

ExitCode report_error(Session& session, const Error& error) {
  return report_local(session.terminal, error, "the configured database");
}

ExitCode show_created(Session& session, const json::Value& created) {
  print_object(session.terminal, session.format(), created_columns(), created);
  session.terminal.err("Keep the key: it is not shown again.\n");
  return ExitCode::ok;
}

json::Value body_of(const NewKey& key) {
  json::Object body{{"name", key.name}};
  if (!key.user.empty()) body["username"] = key.user;
  if (!key.roles.empty()) {
    json::Array roles;
    for (const std::string& role : key.roles) roles.push_back(json::Value(role));
    body["roles"] = std::move(roles);
  }
  if (key.rpm) body["rpm"] = *key.rpm;
  if (key.receiver) body["receiver"] = *key.receiver;
  if (key.expires_at) body["expires_at"] = *key.expires_at;
  return body;
}

ExitCode create_key(Session& session, const KeyArguments& arguments) {
  NewKey key = arguments.key;
  if (!arguments.expires.empty()) {
    key.expires_at = parse_moment(arguments.expires, session.now(), Relative::later);
    if (!key.expires_at)
      return report_usage(session.terminal, fmt::format("\"{}\" is no moment", arguments.expires),
                          "--expires", "write 90d, 2027-01-31 or an RFC 3339 time");
  }
  if (key.name.empty()) key.name = key.user.empty() ? "cli" : key.user;
  if (!uses_api(session)) {
    const auto created = session.local.key_create(arguments.config, key);
    return created ? show_created(session, *created) : report_error(session, created.error());
  }
  return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
    const client::Call call{.method = "POST", .path = client::path_of("api-keys"), .body = body_of(key)};
    const auto created = api.send(call);
    if (!created) return std::unexpected(created.error());
    return show_created(session, *created);
  });
}

ExitCode list_keys(Session& session, const AdminListArguments& arguments) {
  if (uses_api(session)) {
    http::QueryParameters query;
    add_filter(query, "username", arguments.user);
    return with_api(session, [&](client::Api& api) {
      return print_list(session, api, client::path_of("api-keys"), std::move(query), arguments.limit.value(),
                        list_columns());
    });
  }
  const auto keys = session.local.key_list(
      arguments.config, arguments.user.empty() ? std::nullopt : std::optional(arguments.user));
  if (!keys) return report_error(session, keys.error());
  ListWriter writer(session.terminal, session.format(), list_columns());
  if (keys->is_array()) {
    for (const auto& key : keys->get_array()) writer.add(key);
  }
  writer.finish();
  return ExitCode::ok;
}

ExitCode revoke_key(Session& session, const RevokeArguments& arguments) {
  if (uses_api(session)) {
    return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
      const client::Call call{.method = "DELETE", .path = client::path_of("api-keys", arguments.id)};
      const auto answer = api.send(call);
      if (!answer) return std::unexpected(answer.error());
      return ExitCode::ok;
    });
  }
  const auto revoked = session.local.key_revoke(arguments.config, arguments.id);
  return revoked ? ExitCode::ok : report_error(session, revoked.error());
}

void add_create(CLI::App& key, Session& session) {
  auto arguments = std::make_shared<KeyArguments>();
  CLI::App& command = add_remote_verb(
      key, session,
      {.name = "create",
       .summary = "Make an API key; it is shown once",
       .examples = "  xzepr admin key create --user ci --role event_manager --rpm 6000 --expires 90d\n"
                   "  xzepr admin key create --user scanner --role user --receiver sast-scan\n"
                   "  xzepr admin key create --config /etc/xzepr/production.yaml --user admin    (a lost "
                   "admin key, on the database's machine)"},
      [&session, arguments] { return create_key(session, *arguments); });
  add_config_options(command, arguments->config);
  command.add_option("--user", arguments->key.user,
                     "whose key; the user is made when missing (default: the caller, admin on the database)");
  command.add_option("--name", arguments->key.name, "what the key is for");
  command
      .add_option("--role", arguments->key.roles,
                  "admin, event_manager, event_viewer or user; repeatable (default: all of the user's)")
      ->check(CLI::IsMember({"admin", "event_manager", "event_viewer", "user"}))
      ->allow_extra_args(false)
      ->option_text("ROLE");
  command.add_option("--rpm", arguments->key.rpm, "requests a minute of this key, instead of its tier's")
      ->option_text("N")
      ->check(CLI::Range(1U, 1'000'000'000U));
  command.add_option("--receiver", arguments->key.receiver, "receiver of events that name none");
  command.add_option("--expires", arguments->expires, "90d, a date or an RFC 3339 time (default: never)")
      ->option_text("TIME");
}

void add_key_commands(CLI::App& admin, Session& session) {
  CLI::App& key = add_noun(
      admin, {.name = "key",
              .summary = "API keys",
              .examples = "  xzepr admin key create --user ci --role event_manager\n  xzepr admin key list"});
  add_create(key, session);
  auto list = std::make_shared<AdminListArguments>();
  CLI::App& listing =
      add_remote_verb(key, session,
                      {.name = "list",
                       .summary = "List API keys",
                       .examples = "  xzepr admin key list\n  xzepr admin key list --user ci"},
                      [&session, list] { return list_keys(session, *list); });
  add_config_options(listing, list->config);
  listing.add_option("--user", list->user, "of this user");
  auto revoke = std::make_shared<RevokeArguments>();
  CLI::App& revoking = add_remote_verb(key, session,
                                       {.name = "revoke",
                                        .summary = "Revoke an API key; refused everywhere within a second",
                                        .examples = "  xzepr admin key revoke 01JE0Q3ZK4T9V7M2N8P5R6S1AB"},
                                       [&session, revoke] { return revoke_key(session, *revoke); });
  add_config_options(revoking, revoke->config);
  revoking.add_option("id", revoke->id, "the key's id")->required();
}

}  // namespace

void add_admin_commands(CLI::App& root, Session& session) {
  CLI::App& admin = add_noun(
      root,
      {.name = "admin",
       .summary =
           "Administer; through the API when --url or XZEPR_URL is given, else on the configured database",
       .examples = "  xzepr admin bootstrap --config config/production.yaml\n  xzepr admin key create --user "
                   "ci --role event_manager"});
  auto config = std::make_shared<ConfigArguments>();
  CLI::App& bootstrap = add_local_verb(
      admin, session,
      {.name = "bootstrap",
       .summary = "Make the first administrator and a key, on the database; refuses when there is one",
       .examples = "  xzepr admin bootstrap --config config/production.yaml"},
      [&session, config] {
        const auto created = session.local.admin_bootstrap(*config);
        return created ? show_created(session, *created) : report_error(session, created.error());
      });
  add_config_options(bootstrap, *config);
  add_key_commands(admin, session);
  add_user_commands(admin, session);
  add_signing_key_commands(admin, session);
}

}  // namespace xzepr::cli
