#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "client/references.hpp"
#include "json/parse.hpp"

namespace xzepr::cli {

namespace {

struct CreateArguments {
  std::string name;
  std::string type;
  std::string version = "1.0.0";
  std::string description;
  std::string schema_file;
  std::vector<std::string> formats;
  bool is_disabled = false;
};

struct ListArguments {
  std::string name, type, version, owner, q;
  bool is_enabled = false;
  bool is_disabled = false;
  ListLimit limit;
};

struct ValidateArguments {
  std::string receiver;
  std::string file;
  std::vector<std::string> fields;
};

Columns list_columns() {
  return {column("NAME", "name"),       column("TYPE", "type"),          column("VERSION", "version"),
          column("ENABLED", "enabled"), column("CREATED", "created_at"), column("ID", "id")};
}

Columns whole_columns() {
  return {column("ID", "id"),
          column("NAME", "name"),
          column("TYPE", "type"),
          column("VERSION", "version"),
          column("ENABLED", "enabled"),
          column("DESCRIPTION", "description"),
          column("OWNER", "owner_id"),
          column("SCHEMA", "schema"),
          column("FIELD FORMATS", "field_formats"),
          column("FINGERPRINT", "fingerprint"),
          column("RESOURCE VERSION", "resource_version"),
          column("CREATED", "created_at"),
          column("UPDATED", "updated_at")};
}

Result<json::Value> parse_file(const std::string& path, const ReadFile& read_file) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  auto parsed = json::parse(*text);
  if (parsed) return *std::move(parsed);
  Error error = std::move(parsed).error();
  error.detail = fmt::format("{}: {}", path, error.detail);
  return std::unexpected(std::move(error));
}

Result<json::Value> body_of(const CreateArguments& arguments, const ReadFile& read_file) {
  json::Object body{{"name", arguments.name}, {"type", arguments.type}, {"version", arguments.version}};
  if (!arguments.description.empty()) body["description"] = arguments.description;
  if (!arguments.schema_file.empty()) {
    auto schema = parse_file(arguments.schema_file, read_file);
    if (!schema) return std::unexpected(std::move(schema).error());
    body["schema"] = *std::move(schema);
  } else {
    body["schema"] = json::Object{};
  }
  json::Object formats;
  if (const auto added = add_fields(formats, arguments.formats, read_file); !added)
    return std::unexpected(added.error());
  if (!formats.empty()) body["field_formats"] = std::move(formats);
  if (arguments.is_disabled) body["enabled"] = false;
  return json::Value(std::move(body));
}

ExitCode create(Session& session, const CreateArguments& arguments) {
  auto body = body_of(arguments, session.read_file);
  if (!body) return report_argument(session.terminal, body.error());
  return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
    const client::Call call{.method = "POST", .path = client::path_of("receivers"), .body = *std::move(body)};
    const auto answer = api.send(call);
    if (!answer) return std::unexpected(answer.error());
    print_object(session.terminal, session.format(), {column("ID", "id")}, *answer);
    return ExitCode::ok;
  });
}

ExitCode list(Session& session, const ListArguments& arguments) {
  http::QueryParameters query;
  add_filter(query, "name", arguments.name);
  add_filter(query, "type", arguments.type);
  add_filter(query, "version", arguments.version);
  add_filter(query, "owner", arguments.owner);
  add_filter(query, "q", arguments.q);
  if (arguments.is_enabled != arguments.is_disabled)
    query.emplace_back("enabled", arguments.is_enabled ? "true" : "false");
  return with_api(session, [&](client::Api& api) {
    return print_list(session, api, client::path_of("receivers"), std::move(query), arguments.limit.value(),
                      list_columns());
  });
}

Result<json::Value> payload_of(const ValidateArguments& arguments, const ReadFile& read_file) {
  json::Value payload = json::Object{};
  // "a=b" as the first argument after the receiver is a field; a file may be left out.
  std::vector<std::string> fields = arguments.fields;
  const bool is_field = arguments.file.contains('=');
  if (is_field) fields.insert(fields.begin(), arguments.file);
  if (!is_field && !arguments.file.empty()) {
    auto parsed = parse_file(arguments.file, read_file);
    if (!parsed || fields.empty() || !parsed->is_object()) return parsed;
    payload = *std::move(parsed);
  }
  if (const auto added = add_fields(payload.get_object(), fields, read_file); !added)
    return std::unexpected(added.error());
  return payload;
}

ExitCode validate(Session& session, const ValidateArguments& arguments) {
  auto payload = payload_of(arguments, session.read_file);
  if (!payload) return report_argument(session.terminal, payload.error());
  return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
    const auto id = client::resolve(api, "receivers", arguments.receiver);
    if (!id) return std::unexpected(id.error());
    const client::Call call{.method = "POST",
                            .path = client::path_of("receivers", *id, "/validate"),
                            .body = json::Object{{"payload", *std::move(payload)}}};
    const auto answer = api.send(call);
    if (!answer) return std::unexpected(answer.error());
    print_object(session.terminal, session.format(), {column("VALID", "valid")}, *answer);
    const auto* valid = find_member(*answer, "valid");
    if (valid != nullptr && valid->is_bool() && valid->get_bool()) return ExitCode::ok;
    client::Failure failure = client::failure_of_problem(*answer);
    failure.status = 400;
    failure.code = "payload_invalid";
    failure.detail = fmt::format("{} problems in the payload for receiver {}", failure.violations.size(),
                                 arguments.receiver);
    failure.hint = fmt::format("compare with its schema: xzepr receiver get {} -o yaml", arguments.receiver);
    failure.where = "the payload";
    return std::unexpected(std::move(failure));
  });
}

ExitCode set_enabled(Session& session, const std::string& reference, bool is_enabled) {
  return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
    const auto id = client::resolve(api, "receivers", reference);
    if (!id) return std::unexpected(id.error());
    const client::Call call{.method = "PATCH",
                            .path = client::path_of("receivers", *id),
                            .body = json::Object{{"enabled", is_enabled}}};
    const auto answer = api.send(call);
    if (!answer) return std::unexpected(answer.error());
    return ExitCode::ok;
  });
}

ExitCode remove(Session& session, const std::string& reference) {
  return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
    const auto id = client::resolve(api, "receivers", reference);
    if (!id) return std::unexpected(id.error());
    const client::Call call{.method = "DELETE", .path = client::path_of("receivers", *id)};
    const auto answer = api.send(call);
    if (!answer) return std::unexpected(answer.error());
    return ExitCode::ok;
  });
}

void add_create(CLI::App& receiver, Session& session) {
  auto arguments = std::make_shared<CreateArguments>();
  CLI::App& command = add_remote_verb(
      receiver, session,
      {.name = "create",
       .summary = "Create a receiver; the identical one again answers its id",
       .examples = "  xzepr receiver create build --type dev.cdevents.build.finished\n"
                   "  xzepr receiver create sast-scan --type org.example.sast --version 1.2 --schema "
                   "sast.schema.json\n"
                   "  xzepr receiver create release --type org.example.release --format version=semver"},
      [&session, arguments] { return create(session, *arguments); });
  command.add_option("name", arguments->name, "name")->required();
  command.add_option("--type", arguments->type, "dotted type of its events")->required();
  command.add_option("--version", arguments->version, "version of the receiver (default: 1.0.0)");
  command.add_option("--description", arguments->description, "text for people");
  command
      .add_option("--schema", arguments->schema_file,
                  "JSON Schema of the payload, - for standard input (default: anything goes)")
      ->option_text("FILE");
  command
      .add_option("--format", arguments->formats,
                  "format of an event's own field: version=semver, platform_id=uri; repeatable")
      ->option_text("FIELD=FORMAT")
      ->allow_extra_args(false);
  command.add_flag("--disabled", arguments->is_disabled, "create it disabled");
}

void add_list(CLI::App& receiver, Session& session) {
  auto arguments = std::make_shared<ListArguments>();
  CLI::App& command = add_remote_verb(
      receiver, session,
      {.name = "list",
       .summary = "List receivers",
       .examples = "  xzepr receiver list\n  xzepr receiver list --type org.example.sast --enabled"},
      [&session, arguments] { return list(session, *arguments); });
  command.add_option("--name", arguments->name, "of this name");
  command.add_option("--type", arguments->type, "of this type");
  command.add_option("--version", arguments->version, "of this version");
  command.add_option("--owner", arguments->owner, "of this owner");
  command.add_option("-q,--search", arguments->q, "words that must occur")->option_text("WORDS");
  command.add_flag("--enabled", arguments->is_enabled, "enabled ones only");
  command.add_flag("--disabled", arguments->is_disabled, "disabled ones only");
  add_limit_options(command, arguments->limit);
}

void add_validate(CLI::App& receiver, Session& session) {
  auto arguments = std::make_shared<ValidateArguments>();
  CLI::App& command = add_remote_verb(
      receiver, session,
      {.name = "validate",
       .summary = "Check a payload against a receiver's schema; stores nothing, exits 6 when it does not fit",
       .examples = "  xzepr receiver validate sast-scan payload.json\n  xzepr receiver validate sast-scan "
                   "critical_count:=0"},
      [&session, arguments] { return validate(session, *arguments); });
  command.add_option("receiver", arguments->receiver, "name, name@version or id")->required();
  command.add_option("file", arguments->file, "JSON file, - for standard input");
  command.add_option("fields", arguments->fields, "key=text key:=JSON key=@FILE");
}

void add_reference_verb(CLI::App& receiver, Session& session, const CommandText& text,
                        std::function<ExitCode(Session&, const std::string&)> action) {
  auto reference = std::make_shared<std::string>();
  CLI::App& command = add_remote_verb(
      receiver, session, text,
      [&session, reference, action = std::move(action)] { return action(session, *reference); });
  command.add_option("receiver", *reference, "name, name@version or id")->required();
}

}  // namespace

void add_receiver_commands(CLI::App& root, Session& session) {
  CLI::App& receiver = add_noun(
      root, {.name = "receiver",
             .summary = "Say which events exist and what their payload must look like",
             .examples =
                 "  xzepr receiver create build --type dev.cdevents.build.finished\n  xzepr receiver list"});
  add_create(receiver, session);
  add_reference_verb(receiver, session,
                     {.name = "get",
                      .summary = "Show one receiver",
                      .examples = "  xzepr receiver get sast-scan@1.2 -o yaml"},
                     [](Session& with, const std::string& reference) {
                       return with_api(
                           with, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
                             const auto id = client::resolve(api, "receivers", reference);
                             if (!id) return std::unexpected(id.error());
                             return print_get(with, api, client::path_of("receivers", *id), whole_columns());
                           });
                     });
  add_list(receiver, session);
  add_validate(receiver, session);
  add_reference_verb(
      receiver, session,
      {.name = "enable", .summary = "Let it take events again", .examples = "  xzepr receiver enable build"},
      [](Session& with, const std::string& reference) { return set_enabled(with, reference, true); });
  add_reference_verb(
      receiver, session,
      {.name = "disable",
       .summary = "Refuse further events; its outcomes still count",
       .examples = "  xzepr receiver disable build"},
      [](Session& with, const std::string& reference) { return set_enabled(with, reference, false); });
  add_reference_verb(receiver, session,
                     {.name = "delete",
                      .summary = "Delete one that has no events and stands in no group",
                      .examples = "  xzepr receiver delete build@0.9"},
                     remove);
}

}  // namespace xzepr::cli
