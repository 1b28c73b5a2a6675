#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/ulid.hpp"
#include "cli/catalogue_verbs.hpp"
#include "cli/commands.hpp"
#include "client/references.hpp"

namespace xzepr::cli {

namespace {

constexpr CatalogueNoun noun = {.plural = "groups", .singular = "group"};

struct CreateArguments {
  std::string name;
  std::string type = "xzepr.gate";
  std::string version = "1.0.0";
  std::string description;
  std::vector<std::string> receivers;
  bool is_disabled = false;
};

Columns list_columns() {
  const auto count = [](const json::Value& group) {
    const auto* ids = find_member(group, "event_receiver_ids");
    return ids != nullptr && ids->is_array() ? fmt::format("{}", ids->get_array().size()) : std::string();
  };
  return {column("NAME", "name"),
          column("TYPE", "type"),
          column("VERSION", "version"),
          column("ENABLED", "enabled"),
          {"RECEIVERS", count},
          column("CREATED", "created_at"),
          column("ID", "id")};
}

Columns whole_columns() {
  return {column("ID", "id"),
          column("NAME", "name"),
          column("TYPE", "type"),
          column("VERSION", "version"),
          column("ENABLED", "enabled"),
          column("DESCRIPTION", "description"),
          column("OWNER", "owner_id"),
          column("MEMBERS", "members"),
          column("RECEIVERS", "event_receiver_ids"),
          column("RESOURCE VERSION", "resource_version"),
          column("CREATED", "created_at"),
          column("UPDATED", "updated_at")};
}

// The API takes ids; people write names.
std::expected<json::Array, client::Failure> receiver_ids(client::Api& api,
                                                         const std::vector<std::string>& references) {
  json::Array ids;
  for (const std::string& reference : references) {
    if (parse_ulid(reference)) {
      ids.push_back(json::Value(reference));
      continue;
    }
    const auto name = client::resolve(api, "receivers", reference);
    if (!name) return std::unexpected(name.error());
    const auto receiver = api.get(client::path_of("receivers", *name));
    if (!receiver) return std::unexpected(receiver.error());
    ids.push_back(json::Value(client::text_of(*receiver, "id")));
  }
  return ids;
}

Outcome create(Session& session, client::Api& api, const CreateArguments& arguments) {
  auto ids = receiver_ids(api, arguments.receivers);
  if (!ids) return std::unexpected(ids.error());
  json::Object body{{"name", arguments.name}, {"type", arguments.type}, {"version", arguments.version}};
  if (!arguments.description.empty()) body["description"] = arguments.description;
  body["event_receiver_ids"] = *std::move(ids);
  if (arguments.is_disabled) body["enabled"] = false;
  const client::Call call{
      .method = "POST", .path = client::path_of("groups"), .body = json::Value(std::move(body))};
  const auto answer = api.send(call);
  if (!answer) return std::unexpected(answer.error());
  print_object(session.terminal, session.format(), {column("ID", "id")}, *answer);
  return ExitCode::ok;
}

void add_create(CLI::App& group, Session& session) {
  auto arguments = std::make_shared<CreateArguments>();
  CLI::App& command = add_remote_verb(
      group, session,
      {.name = "create",
       .summary = "Create a gate over receivers; the identical one again answers its id",
       .examples = "  xzepr group create ready-to-ship --receiver build --receiver sast-scan@1.2\n"
                   "  xzepr gate create canary --receiver smoke-test --type org.example.canary --version 2"},
      [&session, arguments] {
        return with_api(session, [&](client::Api& api) { return create(session, api, *arguments); });
      });
  command.add_option("name", arguments->name, "name")->required();
  command
      .add_option("--receiver", arguments->receivers,
                  "receiver that must pass: name, name@version or id; repeatable")
      ->required()
      ->allow_extra_args(false)
      ->option_text("RECEIVER");
  command.add_option("--type", arguments->type, "dotted type of its messages (default: xzepr.gate)");
  command.add_option("--version", arguments->version, "version of the gate (default: 1.0.0)");
  command.add_option("--description", arguments->description, "text for people");
  command.add_flag("--disabled", arguments->is_disabled, "create it disabled");
}

Outcome list_members(Session& session, client::Api& api, const std::string& reference) {
  const auto answer = api.get(client::path_of("groups", reference, "/members"));
  if (!answer) return std::unexpected(answer.error());
  ListWriter writer(session.terminal, session.format(), {column("USER", "user_id")});
  const auto* data = find_member(*answer, "data");
  if (data != nullptr && data->is_array()) {
    for (const auto& member : data->get_array()) writer.add(member);
  }
  writer.finish();
  return ExitCode::ok;
}

using MemberCall = client::Call (*)(const std::string& group, const std::string& user);

client::Call add_call(const std::string& group, const std::string& user) {
  return {.method = "POST",
          .path = client::path_of("groups", group, "/members"),
          .body = json::Object{{"user_id", user}}};
}

client::Call remove_call(const std::string& group, const std::string& user) {
  return {.method = "DELETE",
          .path = client::path_of("groups", group, "/members/" + http::percent_encode(user))};
}

void add_member_verb(CLI::App& members, Session& session, const CommandText& text, MemberCall call_of) {
  auto user = std::make_shared<std::string>();
  CLI::App& command =
      add_reference_verb(members, session, noun, text,
                         [user, call_of](Session&, client::Api& api, const std::string& reference) {
                           return send_quietly(api, call_of(reference, *user));
                         });
  command.add_option("user", *user, "user name or id, or role:NAME")->required();
}

void add_members(CLI::App& group, Session& session) {
  CLI::App& members = add_noun(
      group,
      {.name = "members",
       .summary = "Who may see a gate and post to its receivers",
       .examples =
           "  xzepr group members list ready-to-ship\n  xzepr group members add ready-to-ship role:testers"});
  add_reference_verb(
      members, session, noun,
      {.name = "list", .summary = "List the members", .examples = "  xzepr group members list ready-to-ship"},
      list_members);
  add_member_verb(
      members, session,
      {.name = "add", .summary = "Add a member", .examples = "  xzepr group members add ready-to-ship ada"},
      add_call);
  add_member_verb(members, session,
                  {.name = "remove",
                   .summary = "Remove a member",
                   .examples = "  xzepr group members remove ready-to-ship ada"},
                  remove_call);
}

}  // namespace

void add_group_commands(CLI::App& root, Session& session) {
  CLI::App& group =
      add_noun(root, {.name = "group",
                      .summary = "Gates: open when every receiver has a passing event (also: gate)",
                      .examples = "  xzepr group create ready-to-ship --receiver build --receiver sast-scan\n"
                                  "  xzepr gate status ready-to-ship app@1.4.2\n"
                                  "  xzepr gate wait ready-to-ship app@1.4.2 --timeout 30m"});
  group.alias("gate");
  add_create(group, session);
  add_reference_verb(
      group, session, noun,
      {.name = "get", .summary = "Show one gate", .examples = "  xzepr group get ready-to-ship -o yaml"},
      show_one(noun, whole_columns()));
  add_catalogue_list(group, session, noun,
                     {.name = "list",
                      .summary = "List gates",
                      .examples = "  xzepr group list\n  xzepr gate list --enabled -o tsv"},
                     list_columns());
  add_reference_verb(
      group, session, noun,
      {.name = "enable", .summary = "Let it open again", .examples = "  xzepr group enable ready-to-ship"},
      set_enabled(noun, Enabled::yes));
  add_reference_verb(group, session, noun,
                     {.name = "disable",
                      .summary = "Stop it: records nothing, publishes nothing",
                      .examples = "  xzepr group disable ready-to-ship"},
                     set_enabled(noun, Enabled::no));
  add_reference_verb(
      group, session, noun,
      {.name = "delete", .summary = "Delete a gate", .examples = "  xzepr group delete ready-to-ship@0.9"},
      delete_one(noun));
  add_members(group, session);
  add_gate_commands(group, session);
}

}  // namespace xzepr::cli
