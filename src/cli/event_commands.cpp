#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "client/events.hpp"

namespace xzepr::cli {

namespace {

struct PostArguments {
  client::NewEvent event = {
      .receiver = {}, .name = {}, .version = {}, .release = "0", .platform_id = "any", .package = "generic"};
  bool is_failed = false;
  std::string start;
  std::string end;
  std::string idempotency_key;
  std::string payload_file;
  std::vector<std::string> fields;
};

Columns whole_event_columns() {
  Columns columns = {column("ID", "id"),
                     column("NAME", "name"),
                     column("VERSION", "version"),
                     column("RELEASE", "release"),
                     column("PLATFORM", "platform_id"),
                     column("PACKAGE", "package"),
                     column("SUCCESS", "success")};
  for (const auto* path : {"description", "event_start", "event_end", "event_receiver_id", "receiver_version",
                           "artifact_id", "created_at", "created_by", "payload"}) {
    std::string title(path);
    for (char& c : title) c = c == '_' ? ' ' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    columns.push_back(column(std::move(title), path));
  }
  return columns;
}

std::string gates_cell(const json::Value& answer) {
  const auto* gates = find_member(answer, "gates");
  if (gates == nullptr || !gates->is_array()) return {};
  std::string text;
  for (const auto& gate : gates->get_array()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", client::text_of(gate, "name"),
                        client::text_of(gate, "state"));
  }
  return text.empty() ? "none" : text;
}

Result<json::Value> payload_of(const PostArguments& arguments, const ReadFile& read_file) {
  json::Value payload = json::Object{};
  if (!arguments.payload_file.empty()) {
    auto given = read_json(arguments.payload_file, read_file);
    if (!given) return std::unexpected(std::move(given).error());
    payload = *std::move(given);
  }
  if (arguments.fields.empty()) return payload;
  if (!payload.is_object()) {
    return std::unexpected(Error{.kind = Errc::invalid,
                                 .code = "argument_invalid",
                                 .detail = "key=value needs a payload that is an object",
                                 .hint = "leave out --payload or the fields"});
  }
  auto added = add_fields(payload.get_object(), arguments.fields, read_file);
  if (!added) return std::unexpected(std::move(added).error());
  return payload;
}

ExitCode post(Session& session, PostArguments& arguments) {
  auto payload = payload_of(arguments, session.read_file);
  if (!payload) return report_argument(session.terminal, payload.error());
  client::NewEvent event = arguments.event;
  event.success = !arguments.is_failed;
  event.payload = *std::move(payload);
  if (!arguments.start.empty()) event.event_start = arguments.start;
  if (!arguments.end.empty()) event.event_end = arguments.end;
  return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
    const client::Call call{.method = "POST",
                            .path = client::path_of("events"),
                            .body = client::body_of(event),
                            .idempotency_key = arguments.idempotency_key};
    const auto answer = api.send(call);
    if (!answer) return std::unexpected(answer.error());
    print_object(session.terminal, session.format(),
                 {column("ID", "id"), column("POSITION", "position"), {"GATES", gates_cell}}, *answer);
    return ExitCode::ok;
  });
}

void add_post(CLI::App& event, Session& session) {
  auto arguments = std::make_shared<PostArguments>();
  CLI::App& command = add_remote_verb(
      event, session,
      {.name = "post",
       .summary = "Post one event about an artifact",
       .examples = "  xzepr event post build app 1.4.2\n"
                   "  xzepr event post sast-scan app 1.4.2 --release 3 --platform amd64 --package deb "
                   "critical_count:=0\n"
                   "  xzepr event post sast-scan app 1.4.2 --failed --payload report.json\n"
                   "  xzepr event post deploy@2.0 app 1.4.2 log=@deploy.log --idempotency-key $CI_JOB_ID"},
      [&session, arguments] { return post(session, *arguments); });
  command.add_option("receiver", arguments->event.receiver, "receiver: name, name@version or id")->required();
  command.add_option("name", arguments->event.name, "the artifact's name")->required();
  command.add_option("version", arguments->event.version, "the artifact's version")->required();
  command.add_option("fields", arguments->fields, "payload: key=text key:=JSON key=@FILE");
  command.add_option("--release", arguments->event.release, "release of the version (default: 0)");
  command.add_option("--platform", arguments->event.platform_id, "platform it is for (default: any)");
  command.add_option("--package", arguments->event.package, "kind of package (default: generic)");
  command.add_flag("--failed", arguments->is_failed, "the step failed (default: it passed)");
  command.add_option("--description", arguments->event.description, "text for people");
  command.add_option("--start", arguments->start, "when the step began, RFC 3339 (default: now)")
      ->option_text("TIME");
  command.add_option("--end", arguments->end, "when the step ended, RFC 3339 (default: now)")
      ->option_text("TIME");
  command
      .add_option("--idempotency-key", arguments->idempotency_key,
                  "the same key and event again is not posted twice")
      ->option_text("KEY");
  command.add_option("--payload", arguments->payload_file, "JSON file, - for standard input")
      ->option_text("FILE");
}

}  // namespace

void add_event_commands(CLI::App& root, Session& session) {
  CLI::App& event =
      add_noun(root, {.name = "event",
                      .summary = "Post and look up events",
                      .examples = "  xzepr event post build app 1.4.2\n  xzepr event list --name app"});
  add_post(event, session);
  auto id = std::make_shared<std::string>();
  CLI::App& get = add_remote_verb(event, session,
                                  {.name = "get",
                                   .summary = "Show one event",
                                   .examples = "  xzepr event get 01JE0Q3ZK4T9V7M2N8P5R6S1AB\n  xzepr event "
                                               "get 01JE0Q3ZK4T9V7M2N8P5R6S1AB -o json"},
                                  [&session, id] {
                                    return with_api(session, [&](client::Api& api) {
                                      return print_get(session, api, client::path_of("events", *id),
                                                       whole_event_columns());
                                    });
                                  });
  get.add_option("id", *id, "the event's id")->required();
  add_event_list(event, session);
  add_import_command(event, session);
  add_event_tail(event, session);
}

}  // namespace xzepr::cli
