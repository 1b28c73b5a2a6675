#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"

namespace xzepr::cli {

namespace {

using Outcome = std::expected<ExitCode, client::Failure>;

struct WebhookArguments {
  std::string name;
  std::string url;
  std::string description;
  std::string type;
  std::string artifact;
  std::string group;
  std::string success;
  std::vector<std::string> headers;
};
struct SecretArguments {
  std::string webhook;
  int keep_hours = 24;
};

Columns webhook_list_columns() {
  return {column("NAME", "name"),          column("URL", "url"),
          column("ENABLED", "enabled"),    column("FAILING SINCE", "failing_since"),
          column("CREATED", "created_at"), column("ID", "id")};
}

Columns webhook_columns() {
  return {column("ID", "id"),
          column("NAME", "name"),
          column("URL", "url"),
          column("DESCRIPTION", "description"),
          column("FILTER", "filter"),
          column("HEADERS", "header_names"),
          column("ENABLED", "enabled"),
          column("DISABLED BECAUSE", "disabled_reason"),
          column("FAILING SINCE", "failing_since"),
          column("FROM POSITION", "from_position"),
          column("OLD SECRET UNTIL", "old_secret_until"),
          column("CREATED", "created_at"),
          column("UPDATED", "updated_at")};
}

Columns secret_columns() {
  return {column("ID", "id"), column("NAME", "name"), column("OLD SECRET UNTIL", "old_secret_until"),
          column("SECRET", "secret")};
}

std::string webhook_path(const std::string& webhook, std::string_view rest = {}) {
  return client::path_of("webhooks", webhook, rest);
}

// "Name: value", as curl takes it.
Result<json::Object> headers_of(const std::vector<std::string>& arguments) {
  json::Object headers;
  for (const auto& argument : arguments) {
    const auto colon = argument.find(':');
    const auto value =
        colon == std::string::npos ? std::string::npos : argument.find_first_not_of(' ', colon + 1);
    if (value == std::string::npos) {
      return std::unexpected(Error{.kind = Errc::invalid,
                                   .code = "argument_invalid",
                                   .detail = fmt::format("--header {} is no NAME: VALUE", argument)});
    }
    headers[argument.substr(0, colon)] = argument.substr(value);
  }
  return headers;
}

json::Object filter_body(const WebhookArguments& arguments) {
  json::Object filter;
  if (!arguments.type.empty()) filter["type"] = arguments.type;
  if (!arguments.artifact.empty()) filter["artifact"] = arguments.artifact;
  if (!arguments.group.empty()) filter["group"] = arguments.group;
  if (!arguments.success.empty()) filter["success"] = arguments.success == "true";
  return filter;
}

ExitCode create_webhook(Session& session, const WebhookArguments& arguments) {
  auto headers = headers_of(arguments.headers);
  if (!headers) return report_argument(session.terminal, headers.error());
  json::Object body{{"name", arguments.name}, {"url", arguments.url}};
  if (!arguments.description.empty()) body["description"] = arguments.description;
  if (auto filter = filter_body(arguments); !filter.empty()) body["filter"] = std::move(filter);
  if (!headers->empty()) body["headers"] = *std::move(headers);
  return with_api(session, [&](client::Api& api) -> Outcome {
    const auto made =
        api.send({.method = "POST", .path = client::path_of("webhooks"), .body = std::move(body)});
    if (!made) return std::unexpected(made.error());
    print_object(session.terminal, session.format(), secret_columns(), *made);
    session.terminal.err("keep the secret: it is not shown again, and the receiver verifies with it\n");
    return ExitCode::ok;
  });
}

ExitCode send_change(Session& session, client::Call call) {
  return with_api(session, [&](client::Api& api) -> Outcome {
    const auto answer = api.send(call);
    if (!answer) return std::unexpected(answer.error());
    return ExitCode::ok;
  });
}

void add_webhook_create(CLI::App& webhook, Session& session) {
  auto arguments = std::make_shared<WebhookArguments>();
  CLI::App& command = add_remote_verb(
      webhook, session,
      {.name = "create",
       .summary = "Make a webhook and print its secret, once",
       .examples =
           "  xzepr webhook create deploy https://deploy.example.com/hooks/xzepr --group ready-to-ship\n"
           "  xzepr webhook create chat https://chat.example.com/in --success false "
           "--header 'Authorization: Bearer abc'"},
      [&session, arguments] { return create_webhook(session, *arguments); });
  command.add_option("name", arguments->name, "of the webhook")->required();
  command.add_option("url", arguments->url, "that messages are posted to")->required();
  command.add_option("--description", arguments->description, "what it is for")->option_text("TEXT");
  command.add_option("--type", arguments->type, "only messages of this type")->option_text("TYPE");
  command.add_option("--artifact", arguments->artifact, "only of artifacts that this matches: 'my-app@*'")
      ->option_text("GLOB");
  command.add_option("--group", arguments->group, "only about this group")->option_text("GROUP");
  command.add_option("--success", arguments->success, "only of what passed (true), or failed (false)")
      ->check(CLI::IsMember({"true", "false"}))
      ->option_text("true|false");
  command.add_option("--header", arguments->headers, "sent with each message, not shown again; repeatable")
      ->option_text("'NAME: VALUE'")
      ->allow_extra_args(false);
}

void add_webhook_list(CLI::App& webhook, Session& session) {
  auto limit = std::make_shared<ListLimit>();
  CLI::App& command = add_remote_verb(
      webhook, session,
      {.name = "list", .summary = "List webhooks, newest first", .examples = "  xzepr webhook list"},
      [&session, limit] {
        return with_api(session, [&](client::Api& api) {
          return print_list(session, api, client::path_of("webhooks"), {}, limit->value(),
                            webhook_list_columns());
        });
      });
  add_limit_options(command, *limit);
}

void add_webhook_show(CLI::App& webhook, Session& session) {
  auto name = std::make_shared<std::string>();
  CLI::App& command = add_remote_verb(
      webhook, session,
      {.name = "show", .summary = "Show one webhook", .examples = "  xzepr webhook show deploy"},
      [&session, name] {
        return with_api(session, [&](client::Api& api) {
          return print_get(session, api, webhook_path(*name), webhook_columns());
        });
      });
  command.add_option("webhook", *name, "name or id")->required();
}

void add_webhook_switch(CLI::App& webhook, Session& session, const CommandText& text, bool enabled) {
  auto name = std::make_shared<std::string>();
  CLI::App& command = add_server_verb(webhook, session, text, [&session, name, enabled] {
    return send_change(
        session,
        {.method = "PATCH", .path = webhook_path(*name), .body = json::Object{{"enabled", enabled}}});
  });
  command.add_option("webhook", *name, "name or id")->required();
}

void add_webhook_delete(CLI::App& webhook, Session& session) {
  auto name = std::make_shared<std::string>();
  CLI::App& command = add_server_verb(
      webhook, session,
      {.name = "delete",
       .summary = "Delete a webhook; it is told of nothing any more",
       .examples = "  xzepr webhook delete deploy"},
      [&session, name] { return send_change(session, {.method = "DELETE", .path = webhook_path(*name)}); });
  command.add_option("webhook", *name, "name or id")->required();
}

void add_webhook_rotate(CLI::App& webhook, Session& session) {
  auto arguments = std::make_shared<SecretArguments>();
  CLI::App& command = add_remote_verb(
      webhook, session,
      {.name = "rotate-secret",
       .summary = "Give it a new secret and print it, once; the present one signs beside it for a while",
       .examples =
           "  xzepr webhook rotate-secret deploy\n"
           "  xzepr webhook rotate-secret deploy --keep-hours 0    (the present one is known to others)"},
      [&session, arguments] {
        return with_api(session, [&](client::Api& api) -> Outcome {
          const auto made = api.send({.method = "POST",
                                      .path = webhook_path(arguments->webhook, "/secret"),
                                      .body = json::Object{{"keep_hours", arguments->keep_hours}}});
          if (!made) return std::unexpected(made.error());
          print_object(session.terminal, session.format(), secret_columns(), *made);
          return ExitCode::ok;
        });
      });
  command.add_option("webhook", arguments->webhook, "name or id")->required();
  command
      .add_option("--keep-hours", arguments->keep_hours, "how long the present secret signs (default: 24)")
      ->option_text("HOURS");
}

}  // namespace

void add_webhook_commands(CLI::App& root, Session& session) {
  CLI::App& webhook =
      add_noun(root, {.name = "webhook",
                      .summary = "Endpoints that are told of messages, signed",
                      .examples = "  xzepr webhook create deploy https://deploy.example.com/hooks/xzepr\n"
                                  "  xzepr webhook test deploy\n"
                                  "  xzepr webhook deliveries deploy"});
  add_webhook_create(webhook, session);
  add_webhook_list(webhook, session);
  add_webhook_show(webhook, session);
  add_webhook_deliveries(webhook, session);
  add_webhook_switch(webhook, session,
                     {.name = "enable",
                      .summary = "Tell it of what comes from now on, and of what it has not taken yet",
                      .examples = "  xzepr webhook enable deploy"},
                     true);
  add_webhook_switch(webhook, session,
                     {.name = "disable",
                      .summary = "Tell it of nothing until it is enabled",
                      .examples = "  xzepr webhook disable deploy"},
                     false);
  add_webhook_rotate(webhook, session);
  add_webhook_delete(webhook, session);
}

}  // namespace xzepr::cli
