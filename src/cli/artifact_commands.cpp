#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "client/references.hpp"

namespace xzepr::cli {

namespace {

struct ArtifactListArguments {
  std::string name, version, release, platform_id, package;
  ListLimit limit;
};

struct TimelineArguments {
  std::string artifact;
  ListLimit limit = {.is_all = true};
};

Columns artifact_columns() {
  return {column("NAME", "name"),
          column("VERSION", "version"),
          column("RELEASE", "release"),
          column("PLATFORM", "platform_id"),
          column("PACKAGE", "package"),
          column("FIRST SEEN", "first_seen_at"),
          column("ID", "id")};
}

// An event has an outcome, a milestone of a gate a state.
std::string result_cell(const json::Value& entry) {
  const std::string kind = client::text_of(entry, "kind");
  if (kind == "group.complete") return "complete";
  if (kind == "gate.opened") return "open";
  if (kind == "gate.closed") return "closed";
  const auto* success = find_member(entry, "event/success");
  if (success == nullptr || !success->is_bool()) return {};
  return success->get_bool() ? "passed" : "failed";
}

std::string subject_cell(const json::Value& entry) {
  const bool is_event = client::text_of(entry, "kind") == "event.created";
  const auto* name = find_member(entry, is_event ? "receiver/name" : "group/name");
  return name == nullptr ? std::string() : cell_of(*name);
}

Columns timeline_columns() {
  return {column("POSITION", "position"), column("AT", "at"),      column("KIND", "kind"),
          {"OF", subject_cell},           {"RESULT", result_cell}, column("EVENT", "event_id")};
}

ExitCode list(Session& session, const ArtifactListArguments& arguments) {
  http::QueryParameters query;
  add_filter(query, "name", arguments.name);
  add_filter(query, "version", arguments.version);
  add_filter(query, "release", arguments.release);
  add_filter(query, "platform_id", arguments.platform_id);
  add_filter(query, "package", arguments.package);
  return with_api(session, [&](client::Api& api) {
    return print_list(session, api, client::path_of("artifacts"), std::move(query), arguments.limit.value(),
                      artifact_columns());
  });
}

void add_list(CLI::App& artifact, Session& session) {
  auto arguments = std::make_shared<ArtifactListArguments>();
  CLI::App& command =
      add_remote_verb(artifact, session,
                      {.name = "list",
                       .summary = "List artifacts",
                       .examples = "  xzepr artifact list --name curl\n  xzepr artifact list --all -o tsv"},
                      [&session, arguments] { return list(session, *arguments); });
  command.add_option("--name", arguments->name, "of this name");
  command.add_option("--version", arguments->version, "of this version");
  command.add_option("--release", arguments->release, "of this release");
  command.add_option("--platform", arguments->platform_id, "for this platform");
  command.add_option("--package", arguments->package, "of this kind of package");
  add_limit_options(command, arguments->limit);
}

void add_timeline(CLI::App& artifact, Session& session) {
  auto arguments = std::make_shared<TimelineArguments>();
  CLI::App& command = add_remote_verb(
      artifact, session,
      {.name = "timeline",
       .summary = "Every event of one artifact in order, with its gates",
       .examples = "  xzepr artifact timeline app@1.4.2\n  xzepr artifact timeline curl@7.88.1+10/amd64/deb "
                   "-o ndjson"},
      [&session, arguments] {
        return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
          const auto id = client::resolve_artifact(api, arguments->artifact);
          if (!id) return std::unexpected(id.error());
          return print_list(session, api, client::path_of("artifacts", *id, "/timeline"), {},
                            arguments->limit.value(), timeline_columns());
        });
      });
  command
      .add_option("artifact", arguments->artifact,
                  "name@version[+release][/platform_id][/package], or the artifact's id")
      ->required();
  command
      .add_option_function<std::size_t>(
          "--limit", [arguments](std::size_t limit) { arguments->limit = {.limit = limit, .is_all = false}; },
          "items at most (default: all)")
      ->option_text("N")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void add_artifact_commands(CLI::App& root, Session& session) {
  CLI::App& artifact =
      add_noun(root, {.name = "artifact",
                      .summary = "What happened to one artifact",
                      .examples = "  xzepr artifact list --name app\n  xzepr artifact timeline app@1.4.2"});
  add_list(artifact, session);
  auto reference = std::make_shared<std::string>();
  CLI::App& get = add_remote_verb(
      artifact, session,
      {.name = "get", .summary = "Show one artifact", .examples = "  xzepr artifact get app@1.4.2"},
      [&session, reference] {
        return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
          const auto id = client::resolve_artifact(api, *reference);
          if (!id) return std::unexpected(id.error());
          return print_get(session, api, client::path_of("artifacts", *id), artifact_columns());
        });
      });
  get.add_option("artifact", *reference,
                 "name@version[+release][/platform_id][/package], or the artifact's id")
      ->required();
  add_timeline(artifact, session);
}

}  // namespace xzepr::cli
