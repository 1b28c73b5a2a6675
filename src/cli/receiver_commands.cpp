#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/catalogue_verbs.hpp"
#include "cli/commands.hpp"
#include "cli/report.hpp"

namespace xzepr::cli {

namespace {

constexpr CatalogueNoun noun = {.plural = "receivers", .singular = "receiver"};

struct CreateArguments {
  std::string name;
  std::string type;
  std::string version = "1.0.0";
  std::string description;
  std::string schema_file;
  std::vector<std::string> formats;
  bool is_disabled = false;
};

struct ValidateArguments {
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

Result<json::Value> body_of(const CreateArguments& arguments, const ReadFile& read_file) {
  json::Object body{{"name", arguments.name}, {"type", arguments.type}, {"version", arguments.version}};
  if (!arguments.description.empty()) body["description"] = arguments.description;
  if (!arguments.schema_file.empty()) {
    auto schema = read_json(arguments.schema_file, read_file);
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

Result<json::Value> payload_of(const ValidateArguments& arguments, const ReadFile& read_file) {
  json::Value payload = json::Object{};
  // "a=b" as the first argument after the receiver is a field; a file may be left out.
  std::vector<std::string> fields = arguments.fields;
  const bool is_field = arguments.file.contains('=');
  if (is_field) fields.insert(fields.begin(), arguments.file);
  if (!is_field && !arguments.file.empty()) {
    auto parsed = read_json(arguments.file, read_file);
    if (!parsed || fields.empty() || !parsed->is_object()) return parsed;
    payload = *std::move(parsed);
  }
  if (const auto added = add_fields(payload.get_object(), fields, read_file); !added)
    return std::unexpected(added.error());
  return payload;
}

client::Failure not_valid(const json::Value& answer, const std::string& receiver) {
  client::Failure failure = client::failure_of_problem(answer);
  failure.status = 400;
  failure.code = "payload_invalid";
  failure.detail =
      fmt::format("{} problems in the payload for receiver {}", failure.violations.size(), receiver);
  failure.hint = fmt::format("compare with its schema: xzepr receiver get {} -o yaml", receiver);
  failure.where = "the payload";
  return failure;
}

Outcome validate(Session& session, client::Api& api, const std::string& receiver, json::Value payload) {
  const client::Call call{.method = "POST",
                          .path = client::path_of("receivers", receiver, "/validate"),
                          .body = json::Object{{"payload", std::move(payload)}}};
  const auto answer = api.send(call);
  if (!answer) return std::unexpected(answer.error());
  print_object(session.terminal, session.format(), {column("VALID", "valid")}, *answer);
  const auto* valid = find_member(*answer, "valid");
  if (valid != nullptr && valid->is_bool() && valid->get_bool()) return ExitCode::ok;
  return std::unexpected(not_valid(*answer, receiver));
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

void add_validate(CLI::App& receiver, Session& session) {
  auto arguments = std::make_shared<ValidateArguments>();
  CLI::App& command = add_reference_verb(
      receiver, session, noun,
      {.name = "validate",
       .summary = "Check a payload against a receiver's schema; stores nothing, exits 6 when it does not fit",
       .examples = "  xzepr receiver validate sast-scan payload.json\n  xzepr receiver validate sast-scan "
                   "critical_count:=0"},
      [arguments](Session& with, client::Api& api, const std::string& reference) -> Outcome {
        auto payload = payload_of(*arguments, with.read_file);
        if (!payload) return report_argument(with.terminal, payload.error());
        return validate(with, api, reference, *std::move(payload));
      });
  command.add_option("file", arguments->file, "JSON file, - for standard input");
  command.add_option("fields", arguments->fields, "key=text key:=JSON key=@FILE");
}

}  // namespace

void add_receiver_commands(CLI::App& root, Session& session) {
  CLI::App& receiver = add_noun(
      root, {.name = "receiver",
             .summary = "Say which events exist and what their payload must look like",
             .examples =
                 "  xzepr receiver create build --type dev.cdevents.build.finished\n  xzepr receiver list"});
  add_create(receiver, session);
  add_reference_verb(receiver, session, noun,
                     {.name = "get",
                      .summary = "Show one receiver",
                      .examples = "  xzepr receiver get sast-scan@1.2 -o yaml"},
                     show_one(noun, whole_columns()));
  add_catalogue_list(
      receiver, session, noun,
      {.name = "list",
       .summary = "List receivers",
       .examples = "  xzepr receiver list\n  xzepr receiver list --type org.example.sast --enabled"},
      list_columns());
  add_validate(receiver, session);
  add_reference_verb(
      receiver, session, noun,
      {.name = "enable", .summary = "Let it take events again", .examples = "  xzepr receiver enable build"},
      set_enabled(noun, Enabled::yes));
  add_reference_verb(receiver, session, noun,
                     {.name = "disable",
                      .summary = "Refuse further events; its outcomes still count",
                      .examples = "  xzepr receiver disable build"},
                     set_enabled(noun, Enabled::no));
  add_reference_verb(receiver, session, noun,
                     {.name = "delete",
                      .summary = "Delete one that has no events and stands in no group",
                      .examples = "  xzepr receiver delete build@0.9"},
                     delete_one(noun));
}

}  // namespace xzepr::cli
