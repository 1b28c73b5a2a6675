#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/apply_files.hpp"
#include "cli/commands.hpp"
#include "cli/object_diff.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "client/documents.hpp"

namespace xzepr::cli {

namespace {

using Documents = std::vector<client::SourceDocument>;
using Outcome = std::expected<ExitCode, client::Failure>;

struct ApplyArguments {
  std::vector<std::string> files;
  bool is_dry_run = false;
  bool is_pruning = false;
  bool is_confirmed = false;
};

constexpr std::string_view examples =
    "  xzepr apply -f examples/gates --dry-run\n"
    "  xzepr apply -f examples/gates\n"
    "  xzepr apply -f examples/gates/receivers.yaml -f examples/gates/gates.yaml\n"
    "  xzepr export --name build | xzepr apply -f -\n"
    "  xzepr apply -f examples/gates --prune --yes";

Columns columns() {
  return {column("CHANGE", "change"),   column("KIND", "kind"), column("NAME", "name"),
          column("VERSION", "version"), column("TYPE", "type"), column("FIELDS", "fields")};
}

const json::Array& objects_of(const json::Value& answer) {
  static const json::Array none;
  const auto* data = find_member(answer, "data");
  return data != nullptr && data->is_array() ? data->get_array() : none;
}

std::string change_of(const json::Value& object) { return client::text_of(object, "change"); }

bool is_pruned(const json::Value& object) {
  const std::string change = change_of(object);
  return change == "deleted" || change == "disabled";
}

ExitCode report_faults(Terminal& terminal, const std::vector<client::SourceFault>& faults) {
  for (const auto& fault : faults) terminal.err(printable(client::render(fault)) + "\n");
  const client::Failure failure{.status = 400,
                                .code = "documents_invalid",
                                .detail = fmt::format("{} problem{} in the files; nothing was sent",
                                                      faults.size(), faults.size() == 1 ? "" : "s"),
                                .hint = "correct the lines above",
                                .where = "the files"};
  return report(terminal, failure);
}

// The server's faults one a line, as a compiler shows them, before the three lines that say what it means.
client::Failure with_places(Terminal& terminal, client::Failure failure, const Documents& documents) {
  for (const auto& fault : client::faults_of(failure, documents))
    terminal.err(printable(client::render(fault)) + "\n");
  if (!failure.violations.empty())
    failure.where = fmt::format("the lines above, of {} documents", documents.size());
  failure.violations.clear();
  return failure;
}

std::string summary(const json::Array& objects) {
  constexpr std::array<std::string_view, 6> changes = {"created",  "changed", "unchanged",
                                                       "disabled", "deleted", "kept"};
  std::string text;
  for (const auto change : changes) {
    const auto count =
        std::ranges::count_if(objects, [&](const json::Value& one) { return change_of(one) == change; });
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, change);
  }
  return text.empty() ? "nothing to do" : text;
}

void print_objects(Session& session, const json::Value& answer, client::DryRun dry_run) {
  const auto& objects = objects_of(answer);
  ListWriter writer(session.terminal, session.format(), columns());
  for (const auto& object : objects) writer.add(object);
  writer.finish();
  const bool is_dry_run = dry_run == client::DryRun::yes;
  if (is_dry_run && session.format() == Format::table) {
    const auto colours = session.terminal.has_colour ? Colours::on : Colours::off;
    for (const auto& object : objects) session.terminal.out(render_diff(object, colours));
  }
  session.terminal.err(
      fmt::format("{}{}\n", summary(objects), is_dry_run ? " (a dry run: nothing was changed)" : ""));
}

client::Answer send(Session& session, client::Api& api, const Documents& documents, client::DryRun dry_run,
                    client::Prune prune) {
  auto answer = api.send(client::apply_call(documents, dry_run, prune));
  if (!answer) return std::unexpected(with_places(session.terminal, std::move(answer).error(), documents));
  return answer;
}

// True when there is nothing to prune, or a person said yes.
std::expected<bool, client::Failure> confirm(Session& session, client::Api& api, const Documents& documents) {
  const auto preview = send(session, api, documents, client::DryRun::yes, client::Prune::yes);
  if (!preview) return std::unexpected(preview.error());
  std::string text;
  for (const auto& object : objects_of(*preview)) {
    if (!is_pruned(object)) continue;
    text += printable(fmt::format("  {} {} {}@{}", change_of(object), client::text_of(object, "kind"),
                                  client::text_of(object, "name"), client::text_of(object, "version"))) +
            "\n";
  }
  if (text.empty()) return true;
  session.terminal.err(fmt::format("These are yours and in no file; they would be\n{}Do it? [y/N] ", text));
  const auto said = session.terminal.read_answer();
  return said == "y" || said == "yes";
}

Outcome apply(Session& session, client::Api& api, const Documents& documents,
              const ApplyArguments& arguments) {
  const auto dry_run = client::DryRun{arguments.is_dry_run};
  const auto prune = client::Prune{arguments.is_pruning};
  if (arguments.is_pruning && !arguments.is_dry_run && !arguments.is_confirmed) {
    const auto confirmed = confirm(session, api, documents);
    if (!confirmed) return std::unexpected(confirmed.error());
    if (!*confirmed) {
      session.terminal.err("Nothing was changed.\n");
      return ExitCode::failure;
    }
  }
  const auto answer = send(session, api, documents, dry_run, prune);
  if (!answer) return std::unexpected(answer.error());
  print_objects(session, *answer, dry_run);
  return ExitCode::ok;
}

Result<Documents> read_files(const Session& session, const std::vector<std::string>& paths,
                             std::vector<client::SourceFault>& faults) {
  Documents documents;
  for (const auto& path : paths) {
    const auto files = files_of(path);
    if (!files) return std::unexpected(files.error());
    for (const auto& file : *files) {
      const auto text = session.read_file(file);
      if (!text) return std::unexpected(text.error());
      client::read_documents(documents, faults, file, *text);
    }
  }
  return documents;
}

ExitCode run_apply(Session& session, const ApplyArguments& arguments) {
  const bool needs_answer = arguments.is_pruning && !arguments.is_dry_run && !arguments.is_confirmed;
  if (needs_answer && !session.terminal.read_answer)
    return report_usage(session.terminal, "--prune deletes, and there is no terminal to ask on", "--prune",
                        "look with --dry-run, then add --yes");
  std::vector<client::SourceFault> faults;
  const auto documents = read_files(session, arguments.files, faults);
  if (!documents) return report_argument(session.terminal, documents.error());
  if (!faults.empty()) return report_faults(session.terminal, faults);
  return with_api(session, [&](client::Api& api) { return apply(session, api, *documents, arguments); });
}

}  // namespace

void add_apply_command(CLI::App& root, Session& session) {
  auto arguments = std::make_shared<ApplyArguments>();
  CLI::App& command = add_remote_verb(root, session,
                                      {.name = "apply",
                                       .summary = "Make receivers and gates what files say, all or nothing",
                                       .examples = std::string(examples)},
                                      [&session, arguments] { return run_apply(session, *arguments); });
  command
      .add_option("-f,--file", arguments->files,
                  "YAML or JSON documents; a folder with all below it; - for standard input; repeatable")
      ->required()
      ->allow_extra_args(false)
      ->option_text("FILE|DIR");
  command.add_flag("--dry-run", arguments->is_dry_run, "show what would change, and change nothing");
  command.add_flag(
      "--prune", arguments->is_pruning,
      "also remove what is yours and in no file: deleted, or disabled when it has events; what others own "
      "is never touched, and a receiver in a gate that stays is kept");
  command.add_flag("--yes", arguments->is_confirmed, "do not ask before pruning");
}

}  // namespace xzepr::cli
