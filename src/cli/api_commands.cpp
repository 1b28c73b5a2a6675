#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "json/parse.hpp"

namespace xzepr::cli {

namespace {

using Outcome = std::expected<ExitCode, client::Failure>;

struct CallArguments {
  std::string method;
  std::string path;
  std::vector<std::string> fields;
  std::string input_file;
  std::string content_type = "application/json";
  std::string idempotency_key;
};

std::string whole_path(std::string_view path) {
  return path.starts_with('/') ? std::string(path) : fmt::format("/api/v1/{}", path);
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

// What stands behind '?' in the path is kept; fields of a GET join it.
void add_query(client::Call& call, const json::Object& fields) {
  for (const auto& member : fields) call.query.emplace_back(member.key(), cell_of(member.value()));
  const auto question = call.path.find('?');
  if (question == call.path.npos) return;
  const auto given = http::parse_query(std::string_view(call.path).substr(question + 1));
  call.path.resize(question);
  if (given) call.query.insert(call.query.begin(), given->begin(), given->end());
}

Result<client::Call> call_of(const CallArguments& arguments, const ReadFile& read_file) {
  client::Call call{.method = upper(arguments.method),
                    .path = whole_path(arguments.path),
                    .content_type = arguments.content_type,
                    .idempotency_key = arguments.idempotency_key};
  json::Object fields;
  if (const auto added = add_fields(fields, arguments.fields, read_file); !added)
    return std::unexpected(added.error());
  const bool has_body = call.method != "GET" && call.method != "HEAD" && call.method != "DELETE";
  add_query(call, has_body ? json::Object() : fields);
  if (!arguments.input_file.empty()) {
    auto text = read_file(arguments.input_file);
    if (!text) return std::unexpected(text.error());
    call.raw_body = *std::move(text);
  } else if (has_body && !fields.empty()) {
    call.body = std::move(fields);
  }
  return call;
}

// Anything may be asked, so anything may come: what is no JSON (metrics) goes out as it is.
Outcome print_answer(Session& session, const http::ClientResponse& response) {
  const auto parsed = json::parse(response.body, {.depth_max = 200});
  if (!parsed) {
    session.terminal.out(response.body);
    return ExitCode::ok;
  }
  const bool is_plain = session.format() == Format::table || session.format() == Format::tsv;
  print_object(session.terminal, is_plain ? Format::json : session.format(), {}, *parsed);
  return ExitCode::ok;
}

ExitCode call_api(Session& session, const CallArguments& arguments) {
  const auto call = call_of(arguments, session.read_file);
  if (!call) return report_argument(session.terminal, call.error());
  return with_api(session, [&](client::Api& api) -> Outcome {
    const auto response = api.send_raw(*call);
    if (!response) return std::unexpected(response.error());
    if (response->status >= 200 && response->status < 300) return print_answer(session, *response);
    client::Failure failure = client::failure_of(*response);
    failure.where = fmt::format("{} {}", call->method, call->path);
    return std::unexpected(std::move(failure));
  });
}

json::Array check_rows(const json::Value& health) {
  json::Array rows;
  const auto* checks = find_member(health, "checks");
  if (checks == nullptr || !checks->is_object()) return rows;
  for (const auto& check : checks->get_object()) {
    json::Object row{{"check", check.key()}};
    if (check.value().is_object()) {
      for (const auto& member : check.value().get_object()) row[member.key()] = member.value();
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void print_health(Session& session, const json::Value& health) {
  print_object(session.terminal, session.format(),
               {column("STATUS", "status"), column("VERSION", "version"), column("SERVER", "server"),
                column("UPTIME", "uptime")},
               health);
  const auto rows = check_rows(health);
  if (session.format() != Format::table || rows.empty()) return;
  session.terminal.out("\n");
  ListWriter writer(session.terminal, Format::table,
                    {column("CHECK", "check"), column("STATUS", "status"), column("MS", "response_time_ms"),
                     column("MESSAGE", "message")});
  for (const auto& row : rows) writer.add(row);
  writer.finish();
}

// An unhealthy server answers 503 with a health body, which is no failure to ask.
std::expected<json::Value, client::Failure> health_of(client::Api& api, const std::string& path) {
  const client::Call call{.path = path};
  const auto response = api.send_raw(call);
  if (!response) return std::unexpected(response.error());
  auto body = json::parse(response->body);
  const bool is_health = body && body->is_object() && body->get_object().contains("status") &&
                         body->get_object().at("status").is_string();
  if (is_health) return *std::move(body);
  client::Failure failure = client::failure_of(*response);
  failure.where = fmt::format("GET {}", path);
  return std::unexpected(std::move(failure));
}

ExitCode status(Session& session) {
  return with_api(session, [&](client::Api& api) -> Outcome {
    auto health = health_of(api, "/health");
    if (!health) return std::unexpected(health.error());
    if (!api.server().api_key.empty()) {
      // Only administrators see the checks; everyone else keeps the short answer.
      auto detailed = health_of(api, "/health/detailed");
      if (detailed) health = std::move(detailed);
    }
    health->get_object()["server"] = api.server().url;
    print_health(session, *health);
    return client::text_of(*health, "status") == "unhealthy" ? ExitCode::failure : ExitCode::ok;
  });
}

}  // namespace

void add_api_commands(CLI::App& root, Session& session) {
  auto arguments = std::make_shared<CallArguments>();
  CLI::App& command = add_remote_verb(
      root, session,
      {.name = "api",
       .summary = "Call any path of the API; fields become the body, or the query of a GET",
       .examples = "  xzepr api GET events name=app limit:=5\n"
                   "  xzepr api POST receivers name=build type=dev.example.build version=1 schema:='{}'\n"
                   "  xzepr api POST events/batch --input events.ndjson --content-type application/x-ndjson\n"
                   "  xzepr api GET /health"},
      [&session, arguments] { return call_api(session, *arguments); });
  command.add_option("method", arguments->method, "GET, POST, PUT, PATCH or DELETE")->required();
  command.add_option("path", arguments->path, "path; without a leading / it is below /api/v1/")->required();
  command.add_option("fields", arguments->fields, "key=text key:=JSON key=@FILE");
  command.add_option("--input", arguments->input_file, "whole body, - for standard input")
      ->option_text("FILE");
  command.add_option("--content-type", arguments->content_type, "of --input (default: application/json)")
      ->option_text("TYPE");
  command
      .add_option("--idempotency-key", arguments->idempotency_key,
                  "the same key and body again is not done twice")
      ->option_text("KEY");
  add_remote_verb(root, session,
                  {.name = "status",
                   .summary = "How the server is; exits 1 when it is unhealthy",
                   .examples = "  xzepr status\n  xzepr status --url https://xzepr.example.com -o json"},
                  [&session] { return status(session); });
}

}  // namespace xzepr::cli
