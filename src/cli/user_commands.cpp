#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"

namespace xzepr::cli {

namespace {

struct UserCreateArguments {
  ConfigArguments config;
  NewAccount account;
  std::string password_file;
};
struct UserChangeArguments {
  ConfigArguments config;
  std::string user;
  std::vector<std::string> roles;
  std::string password_file = "-";
};
struct UserListArguments {
  ConfigArguments config;
  ListLimit limit = {.is_all = true};
};

const std::vector<std::string> role_choices = {"admin", "event_manager", "event_viewer", "user"};

Columns user_columns() {
  return {column("ID", "id"),       column("USERNAME", "username"), column("ROLES", "roles"),
          column("EMAIL", "email"), column("ENABLED", "enabled"),   column("CREATED", "created_at")};
}

Columns signing_key_columns() {
  return {column("KID", "kid"), column("ALGORITHM", "algorithm"), column("STATE", "state"),
          column("UNTIL", "until")};
}

ExitCode report_database(Session& session, const Error& error) {
  return report_local(session.terminal, error, "the configured database");
}

ExitCode show_user(Session& session, const json::Value& user) {
  print_object(session.terminal, session.format(), user_columns(), user);
  return ExitCode::ok;
}

ExitCode show_user(Session& session, const Result<json::Value>& user) {
  return user ? show_user(session, *user) : report_database(session, user.error());
}

json::Array names_of(const std::vector<std::string>& names) {
  json::Array array;
  for (const auto& name : names) array.push_back(json::Value(name));
  return array;
}

// On a command line a password would be seen by everyone on the machine, so it comes from a file or "-".
Result<std::string> read_password(Session& session, const std::string& file) {
  auto text = session.read_file(file);
  if (!text) return text;
  text->resize(std::min(text->find_first_of("\r\n"), text->size()));
  return text;
}

ExitCode send_user(Session& session, client::Call call) {
  return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
    const auto answer = api.send(call);
    if (!answer) return std::unexpected(answer.error());
    return answer->is_object() ? show_user(session, *answer) : ExitCode::ok;
  });
}

ExitCode create_user(Session& session, UserCreateArguments arguments) {
  auto& account = arguments.account;
  if (!arguments.password_file.empty()) {
    auto password = read_password(session, arguments.password_file);
    if (!password) return report_argument(session.terminal, password.error());
    account.password = *std::move(password);
  }
  if (!uses_api(session)) return show_user(session, session.local.user_create(arguments.config, account));
  json::Object body{{"username", account.username}};
  if (!account.email.empty()) body["email"] = account.email;
  if (!account.display_name.empty()) body["display_name"] = account.display_name;
  if (!account.roles.empty()) body["roles"] = names_of(account.roles);
  if (account.password) body["password"] = *account.password;
  return send_user(session, {.method = "POST", .path = client::path_of("users"), .body = std::move(body)});
}

ExitCode change_user(Session& session, const UserChangeArguments& arguments, const AccountChange& change) {
  if (!uses_api(session))
    return show_user(session, session.local.user_change(arguments.config, arguments.user, change));
  json::Object body;
  if (change.roles) body["roles"] = names_of(*change.roles);
  if (change.enabled) body["enabled"] = *change.enabled;
  return send_user(
      session,
      {.method = "PATCH", .path = client::path_of("users", arguments.user), .body = std::move(body)});
}

ExitCode set_password(Session& session, const UserChangeArguments& arguments) {
  const auto password = read_password(session, arguments.password_file);
  if (!password) return report_argument(session.terminal, password.error());
  if (uses_api(session)) {
    return send_user(session, {.method = "PUT",
                               .path = client::path_of("users", arguments.user, "/password"),
                               .body = json::Object{{"password", *password}}});
  }
  const auto done = session.local.user_password(arguments.config, arguments.user, *password);
  return done ? ExitCode::ok : report_database(session, done.error());
}

ExitCode list_users(Session& session, const UserListArguments& arguments) {
  if (uses_api(session)) {
    return with_api(session, [&](client::Api& api) {
      return print_list(session, api, client::path_of("users"), {}, arguments.limit.value(), user_columns());
    });
  }
  const auto users = session.local.user_list(arguments.config);
  if (!users) return report_database(session, users.error());
  ListWriter writer(session.terminal, session.format(), user_columns());
  for (const auto& user : users->get_array()) writer.add(user);
  writer.finish();
  return ExitCode::ok;
}

void add_user_create(CLI::App& user, Session& session) {
  auto arguments = std::make_shared<UserCreateArguments>();
  CLI::App& command = add_remote_verb(
      user, session,
      {.name = "create",
       .summary = "Make a user",
       .examples = "  xzepr admin user create grace --role event_manager --password-file - < password.txt\n"
                   "  xzepr admin user create robot --role user    (no password: API keys only)"},
      [&session, arguments] { return create_user(session, *arguments); });
  add_config_options(command, arguments->config);
  auto& account = arguments->account;
  command.add_option("username", account.username, "without spaces")->required();
  command
      .add_option("--role", account.roles,
                  "admin, event_manager, event_viewer or user; repeatable (default: user)")
      ->check(CLI::IsMember(role_choices))
      ->allow_extra_args(false)
      ->option_text("ROLE");
  command.add_option("--email", account.email, "e-mail address");
  command.add_option("--display-name", account.display_name, "name for people (default: the user name)");
  command
      .add_option("--password-file", arguments->password_file,
                  "first line is the password; - for standard input")
      ->option_text("FILE");
}

void add_user_verb(CLI::App& user, Session& session, const CommandText& text, const AccountChange& change) {
  auto arguments = std::make_shared<UserChangeArguments>();
  CLI::App& command = add_remote_verb(user, session, text, [&session, arguments, change] {
    return change_user(session, *arguments, change);
  });
  add_config_options(command, arguments->config);
  command.add_option("user", arguments->user, "id or user name")->required();
}

void add_user_role(CLI::App& user, Session& session) {
  auto arguments = std::make_shared<UserChangeArguments>();
  CLI::App& command = add_remote_verb(
      user, session,
      {.name = "role",
       .summary = "Give a user these roles and no others; ends the user's logins",
       .examples = "  xzepr admin user role ada event_manager event_viewer"},
      [&session, arguments] { return change_user(session, *arguments, {.roles = arguments->roles}); });
  add_config_options(command, arguments->config);
  command.add_option("user", arguments->user, "id or user name")->required();
  command.add_option("role", arguments->roles, "admin, event_manager, event_viewer or user")
      ->required()
      ->check(CLI::IsMember(role_choices))
      ->option_text("ROLE...");
}

void add_user_password(CLI::App& user, Session& session) {
  auto arguments = std::make_shared<UserChangeArguments>();
  CLI::App& command = add_remote_verb(
      user, session,
      {.name = "password",
       .summary = "Set a user's password, read from standard input or a file; ends the user's logins",
       .examples = "  xzepr admin user password ada < password.txt"},
      [&session, arguments] { return set_password(session, *arguments); });
  add_config_options(command, arguments->config);
  command.add_option("user", arguments->user, "id or user name")->required();
  command.add_option("--password-file", arguments->password_file, "first line is the password (default: -)")
      ->option_text("FILE");
}

}  // namespace

bool uses_api(const Session& session) {
  return !session.options.url.empty() || session.variables("XZEPR_URL").has_value();
}

void add_user_commands(CLI::App& admin, Session& session) {
  CLI::App& user =
      add_noun(admin, {.name = "user",
                       .summary = "Users: their roles, passwords and enablement",
                       .examples = "  xzepr admin user list\n  xzepr admin user role ada event_manager"});
  add_user_create(user, session);
  auto list = std::make_shared<UserListArguments>();
  CLI::App& listing = add_remote_verb(
      user, session, {.name = "list", .summary = "List users", .examples = "  xzepr admin user list"},
      [&session, list] { return list_users(session, *list); });
  add_config_options(listing, list->config);
  add_user_role(user, session);
  add_user_verb(user, session,
                {.name = "disable",
                 .summary = "Disable a user: no login, key or token of theirs counts any more",
                 .examples = "  xzepr admin user disable ada"},
                {.roles = {}, .enabled = false});
  add_user_verb(
      user, session,
      {.name = "enable", .summary = "Enable a user again", .examples = "  xzepr admin user enable ada"},
      {.roles = {}, .enabled = true});
  add_user_password(user, session);
}

void add_signing_key_commands(CLI::App& admin, Session& session) {
  CLI::App& keys =
      add_noun(admin, {.name = "signing-key",
                       .summary = "The keys that sign access tokens, on the server's machine",
                       .examples = "  xzepr admin signing-key list --config config/production.yaml\n"
                                   "  xzepr admin signing-key rotate --config config/production.yaml"});
  auto rotate = std::make_shared<ConfigArguments>();
  CLI::App& rotating = add_local_verb(
      keys, session,
      {.name = "rotate",
       .summary =
           "Make a new signing key; a running server takes it within a second, and the old one verifies "
           "until its tokens have expired",
       .examples = "  xzepr admin signing-key rotate --config config/production.yaml"},
      [&session, rotate] {
        const auto made = session.local.signing_key_rotate(*rotate);
        if (!made) return report_local(session.terminal, made.error(), "jwt.keys");
        print_object(session.terminal, session.format(), signing_key_columns(), *made);
        if (const auto* why = made->get_object().at("not_audited").if_string()) {
          session.terminal.err(
              fmt::format("The rotation is not in the audit log: {}\n", printable(json::view(*why))));
        }
        return ExitCode::ok;
      });
  add_config_options(rotating, *rotate);
  auto list = std::make_shared<ConfigArguments>();
  CLI::App& listing =
      add_local_verb(keys, session,
                     {.name = "list",
                      .summary = "List the keys that verify",
                      .examples = "  xzepr admin signing-key list --config config/production.yaml"},
                     [&session, list] {
                       const auto rows = session.local.signing_key_list(*list);
                       if (!rows) return report_local(session.terminal, rows.error(), "jwt.keys");
                       ListWriter writer(session.terminal, session.format(), signing_key_columns());
                       for (const auto& row : rows->get_array()) writer.add(row);
                       writer.finish();
                       return ExitCode::ok;
                     });
  add_config_options(listing, *list);
}

}  // namespace xzepr::cli
