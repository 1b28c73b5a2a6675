#include <map>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/time_arguments.hpp"
#include "client/pages.hpp"

namespace xzepr::cli {

namespace {

struct EventListArguments {
  std::string name, version, release, platform_id, package, receiver, since, until, sort, q;
  std::vector<std::string> payload;  // POINTER=VALUE
  bool is_count = false;
  bool is_passed = false;
  bool is_failed = false;
  ListLimit limit;
};

// An event names its receiver by id; a person reads names. Asked once per receiver, and only for a table.
class ReceiverNames {
 public:
  explicit ReceiverNames(client::Api& api) : api_(api) {}
  const std::string& name_of(const std::string& id) {
    const auto [at, is_new] = names_.try_emplace(id, id);
    if (!is_new) return at->second;
    const auto receiver = api_.get(client::path_of("receivers", id));
    if (receiver && !client::text_of(*receiver, "name").empty())
      at->second = client::text_of(*receiver, "name");
    return at->second;
  }

 private:
  client::Api& api_;
  std::map<std::string, std::string> names_;
};

Columns event_columns(Format format, client::Api& api) {
  Column receiver = column("RECEIVER", "event_receiver_id");
  if (format == Format::table) {
    auto names = std::make_shared<ReceiverNames>(api);
    receiver.cell = [names](const json::Value& event) {
      return names->name_of(client::text_of(event, "event_receiver_id"));
    };
  }
  return {column("CREATED", "created_at"),
          column("NAME", "name"),
          column("VERSION", "version"),
          column("RELEASE", "release"),
          column("PLATFORM", "platform_id"),
          column("PACKAGE", "package"),
          std::move(receiver),
          column("SUCCESS", "success"),
          column("ID", "id")};
}

// A moment as the API wants it; nullopt and a report when it is none.
bool add_moment(Session& session, http::QueryParameters& query, std::string_view name,
                const std::string& text) {
  if (text.empty()) return true;
  const auto moment = parse_moment(text, session.now(), Relative::earlier);
  if (!moment) return false;
  query.emplace_back(name, *moment);
  return true;
}

// False when one is no POINTER=VALUE.
bool add_payload(http::QueryParameters& query, const std::vector<std::string>& conditions) {
  for (const auto& condition : conditions) {
    const auto equals = condition.find('=');
    if (equals == std::string::npos) return false;
    query.emplace_back("payload." + condition.substr(0, equals), condition.substr(equals + 1));
  }
  return true;
}

std::expected<ExitCode, client::Failure> print_count(Session& session, client::Api& api,
                                                     http::QueryParameters query) {
  const auto total = client::count_items(api, {.path = client::path_of("events"), .query = std::move(query)});
  if (!total) return std::unexpected(total.error());
  const json::Value answer = json::Object{{"total", *total}};
  print_object(session.terminal, session.format(), {column("TOTAL", "total")}, answer);
  return ExitCode::ok;
}

ExitCode list(Session& session, const EventListArguments& arguments) {
  http::QueryParameters query;
  add_filter(query, "name", arguments.name);
  add_filter(query, "version", arguments.version);
  add_filter(query, "release", arguments.release);
  add_filter(query, "platform_id", arguments.platform_id);
  add_filter(query, "package", arguments.package);
  add_filter(query, "receiver", arguments.receiver);
  add_filter(query, "q", arguments.q);
  add_filter(query, "sort", arguments.sort);
  if (arguments.is_passed != arguments.is_failed)
    query.emplace_back("success", arguments.is_passed ? "true" : "false");
  if (!add_moment(session, query, "since", arguments.since) ||
      !add_moment(session, query, "until", arguments.until)) {
    return report_usage(session.terminal, "no moment", "--since, --until",
                        "write 2026-01-31, 2026-01-31T09:30:00Z, or 2h for two hours ago");
  }
  if (!add_payload(query, arguments.payload)) {
    return report_usage(session.terminal, "no condition", "--payload",
                        "write POINTER=VALUE, for example /critical_count=0");
  }
  return with_api(session, [&](client::Api& api) {
    if (arguments.is_count) return print_count(session, api, std::move(query));
    return print_list(session, api, client::path_of("events"), std::move(query), arguments.limit.value(),
                      event_columns(session.format(), api));
  });
}

}  // namespace

void add_event_list(CLI::App& event, Session& session) {
  auto arguments = std::make_shared<EventListArguments>();
  CLI::App& command =
      add_remote_verb(event, session,
                      {.name = "list",
                       .summary = "List events, newest first",
                       .examples = "  xzepr event list --name app --version 1.4.2\n"
                                   "  xzepr event list --receiver sast-scan --failed --since 2h\n"
                                   "  xzepr event list --q \"nightly sca\" --payload /critical_count=0\n"
                                   "  xzepr event list --all -o ndjson > events.ndjson"},
                      [&session, arguments] { return list(session, *arguments); });
  command.add_option("--name", arguments->name, "of this artifact name");
  command.add_option("--version", arguments->version, "of this version");
  command.add_option("--release", arguments->release, "of this release");
  command.add_option("--platform", arguments->platform_id, "for this platform");
  command.add_option("--package", arguments->package, "of this kind of package");
  command.add_option("--receiver", arguments->receiver, "of this receiver: name, name@version or id");
  command.add_flag("--passed", arguments->is_passed, "passing events only");
  command.add_flag("--failed", arguments->is_failed, "failing events only");
  command.add_option("--since", arguments->since, "created at or after: 2h, 2026-01-31, RFC 3339")
      ->option_text("TIME");
  command.add_option("--until", arguments->until, "created before")->option_text("TIME");
  command
      .add_option("--q", arguments->q,
                  "with these words in name, version, package or description, the last by its beginning")
      ->option_text("WORDS");
  command
      .add_option("--payload", arguments->payload,
                  "with this value in the payload: JSON, else a string; may be repeated")
      ->option_text("POINTER=VALUE")
      ->allow_extra_args(false);
  command.add_flag("--count", arguments->is_count, "print how many there are, not the events");
  command.add_option("--sort", arguments->sort, "-id (newest first) or id")
      ->check(CLI::IsMember({"id", "-id"}))
      ->option_text("ORDER");
  add_limit_options(command, arguments->limit);
}

}  // namespace xzepr::cli
