#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "client/documents.hpp"
#include "client/pages.hpp"
#include "yaml/write.hpp"

namespace xzepr::cli {

namespace {

struct ExportArguments {
  client::ExportFilter filter;
  std::string format = "yaml";
};

using Outcome = std::expected<ExitCode, client::Failure>;

std::expected<std::vector<json::Value>, client::Failure> all(client::Api& api, std::string_view noun) {
  std::vector<json::Value> items;
  const auto has_more = client::for_each_item(api, {.path = client::path_of(noun)},
                                              [&](const json::Value& item) { items.push_back(item); });
  if (!has_more) return std::unexpected(has_more.error());
  return items;
}

std::string to_text(const std::vector<json::Value>& documents, const std::string& format) {
  if (format == "json") {
    json::Array list;
    for (const auto& document : documents) list.push_back(document);
    return to_pretty_json(list);
  }
  std::string text = "# Receivers and gates; xzepr apply -f reads this.\n";
  for (const auto& document : documents) text += "---\n" + yaml::to_yaml(document);
  return text;
}

Outcome run_export(Session& session, client::Api& api, const ExportArguments& arguments) {
  // Groups first: a receiver that comes between is in the second list.
  const auto groups = all(api, "groups");
  if (!groups) return std::unexpected(groups.error());
  const auto receivers = all(api, "receivers");
  if (!receivers) return std::unexpected(receivers.error());
  session.terminal.out(
      to_text(client::documents_of(*receivers, *groups, arguments.filter), arguments.format));
  return ExitCode::ok;
}

}  // namespace

void add_export_command(CLI::App& root, Session& session) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App& command = add_server_verb(
      root, session,
      {.name = "export",
       .summary = "Write receivers and gates as the files that apply reads",
       .examples = "  xzepr export > gates.yaml\n"
                   "  xzepr export --kind group --name ready-to-ship\n"
                   "  xzepr export --type org.example.sast -o json"},
      [&session, arguments] {
        return with_api(session, [&](client::Api& api) { return run_export(session, api, *arguments); });
      });
  command.add_option("--kind", arguments->filter.kind, "receiver or group (default: both)")
      ->check(CLI::IsMember({"receiver", "group"}))
      ->option_text("KIND");
  command.add_option("--name", arguments->filter.name, "of this name");
  command.add_option("--type", arguments->filter.type, "of this type");
  command.add_option("-o,--output", arguments->format, "yaml or json")
      ->check(CLI::IsMember({"yaml", "json"}))
      ->option_text("FORMAT")
      ->group("Common");
}

}  // namespace xzepr::cli
