#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"

namespace xzepr::cli {

namespace {

using namespace std::chrono_literals;
using Outcome = std::expected<ExitCode, client::Failure>;

constexpr auto answer_patience = 40s;  // an attempt takes 30 s at most, wherever it is configured
constexpr auto answer_pause = 200ms;

struct DeliveryArguments {
  std::string webhook;
  std::string status;
  ListLimit limit;
};
struct ReplayArguments {
  std::string webhook;
  std::optional<std::int64_t> after;
  std::optional<std::int64_t> until;
  std::string type;
  std::string artifact;
  std::string group;
  bool failed = false;
};

Columns delivery_columns() {
  return {column("ID", "id"),
          column("POSITION", "position"),
          column("KIND", "kind"),
          column("STATUS", "status"),
          column("ATTEMPTS", "attempts"),
          column("NEXT", "next_at"),
          column("HTTP", "last_status"),
          column("ERROR", "last_error"),
          column("CREATED", "created_at")};
}

Columns test_columns() {
  return {column("STATUS", "status"), column("HTTP", "last_status"), column("TOOK MS", "last_took_ms"),
          column("ERROR", "last_error"), column("ID", "id")};
}

Columns replay_columns() { return {column("QUEUED", "queued"), column("POSITION", "position")}; }

std::string told_path(const std::string& webhook, std::string_view rest) {
  return client::path_of("webhooks", webhook, rest);
}

client::Failure not_answered(const std::string& webhook) {
  return {.code = "delivery_pending",
          .detail = "the test is not finished yet",
          .hint = fmt::format("xzepr webhook deliveries {}", webhook)};
}

bool is_under_way(const json::Value& delivery) {
  return cell_of(*find_member(delivery, "status")) == "pending";
}

// Waits for what came of it.
Outcome test_webhook(Session& session, client::Api& api, const std::string& webhook) {
  auto delivery = api.send({.method = "POST", .path = told_path(webhook, "/test")});
  if (!delivery) return std::unexpected(delivery.error());
  const auto id = cell_of(*find_member(*delivery, "id"));
  const auto until = session.steady_now() + answer_patience;
  while (is_under_way(*delivery) && session.steady_now() < until && !session.should_stop()) {
    session.pause(answer_pause);
    delivery = api.get(told_path(webhook, "/deliveries/" + http::percent_encode(id)));
    if (!delivery) return std::unexpected(delivery.error());
  }
  if (is_under_way(*delivery)) return std::unexpected(not_answered(webhook));
  print_object(session.terminal, session.format(), test_columns(), *delivery);
  return cell_of(*find_member(*delivery, "status")) == "delivered" ? ExitCode::ok : ExitCode::failure;
}

json::Object replay_body(const ReplayArguments& arguments) {
  if (arguments.failed) return json::Object{{"failed", true}};
  json::Object body{{"after", arguments.after.value_or(0)}};
  if (arguments.until) body["until"] = *arguments.until;
  if (!arguments.type.empty()) body["type"] = arguments.type;
  if (!arguments.artifact.empty()) body["artifact"] = arguments.artifact;
  if (!arguments.group.empty()) body["group"] = arguments.group;
  return body;
}

void show_progress(Session& session, const json::Value& step, std::int64_t queued) {
  if (!session.terminal.is_err_terminal) return;
  session.terminal.err(fmt::format("\r\x1b[K{} of {}, {} queued", cell_of(*find_member(step, "position")),
                                   cell_of(*find_member(step, "until")), queued));
}

// Step by step, until everything was looked at.
Outcome replay_webhook(Session& session, client::Api& api, const ReplayArguments& arguments) {
  auto body = replay_body(arguments);
  std::int64_t queued = 0;
  for (;;) {
    const auto step =
        api.send({.method = "POST", .path = told_path(arguments.webhook, "/replay"), .body = body});
    if (!step) return std::unexpected(step.error());
    queued += find_member(*step, "queued")->as_int64();
    const bool is_over = !find_member(*step, "has_more")->as_bool() || session.should_stop();
    if (!is_over) show_progress(session, *step, queued);
    if (is_over) {
      if (session.terminal.is_err_terminal) session.terminal.err("\r\x1b[K");
      auto whole = *step;
      whole.as_object()["queued"] = queued;
      print_object(session.terminal, session.format(), replay_columns(), whole);
      return ExitCode::ok;
    }
    if (arguments.failed) continue;
    body["after"] = *find_member(*step, "position");
    body["until"] = *find_member(*step, "until");
  }
}

void add_list_deliveries(CLI::App& webhook, Session& session) {
  auto arguments = std::make_shared<DeliveryArguments>();
  CLI::App& command =
      add_remote_verb(webhook, session,
                      {.name = "deliveries",
                       .summary = "List what a webhook was told or is to be told, newest first",
                       .examples = "  xzepr webhook deliveries deploy\n"
                                   "  xzepr webhook deliveries deploy --status failed --all -o ndjson"},
                      [&session, arguments] {
                        return with_api(session, [&](client::Api& api) {
                          http::QueryParameters query;
                          add_filter(query, "status", arguments->status);
                          return print_list(session, api, told_path(arguments->webhook, "/deliveries"),
                                            std::move(query), arguments->limit.value(), delivery_columns());
                        });
                      });
  command.add_option("webhook", arguments->webhook, "name or id")->required();
  command.add_option("--status", arguments->status, "only these; failed is given up")
      ->check(CLI::IsMember({"pending", "delivered", "failed"}))
      ->option_text("pending|delivered|failed");
  add_limit_options(command, arguments->limit);
}

void add_test(CLI::App& webhook, Session& session) {
  auto name = std::make_shared<std::string>();
  CLI::App& command = add_remote_verb(
      webhook, session,
      {.name = "test",
       .summary = "Send it a message of its own, once, and say what came of it; 1 when it was not taken",
       .examples = "  xzepr webhook test deploy"},
      [&session, name] {
        return with_api(session, [&](client::Api& api) { return test_webhook(session, api, *name); });
      });
  command.add_option("webhook", *name, "name or id")->required();
}

void add_replay(CLI::App& webhook, Session& session) {
  auto arguments = std::make_shared<ReplayArguments>();
  CLI::App& command = add_remote_verb(
      webhook, session,
      {.name = "replay",
       .summary = "Send messages again, with the ids that they had",
       .examples = "  xzepr webhook replay deploy --failed\n"
                   "  xzepr webhook replay deploy --after 0 --artifact 'my-app@*'"},
      [&session, arguments] {
        if (!arguments->failed && !arguments->after)
          return report_usage(session.terminal, "say what to send again", "xzepr webhook replay",
                              "--after POSITION for what comes after it, or --failed for what was given up");
        return with_api(session, [&](client::Api& api) { return replay_webhook(session, api, *arguments); });
      });
  command.add_option("webhook", arguments->webhook, "name or id")->required();
  auto* after = command.add_option("--after", arguments->after, "what comes after this position")
                    ->option_text("POSITION");
  auto* failed = command.add_flag("--failed", arguments->failed, "what was given up");
  after->excludes(failed);
  command.add_option("--until", arguments->until, "up to this position (default: the newest)")
      ->option_text("POSITION")
      ->needs(after);
  command.add_option("--type", arguments->type, "only messages of this type")
      ->option_text("TYPE")
      ->needs(after);
  command.add_option("--artifact", arguments->artifact, "only of artifacts that this matches")
      ->option_text("GLOB")
      ->needs(after);
  command.add_option("--group", arguments->group, "only about this group")
      ->option_text("GROUP")
      ->needs(after);
}

}  // namespace

void add_webhook_deliveries(CLI::App& webhook, Session& session) {
  add_list_deliveries(webhook, session);
  add_test(webhook, session);
  add_replay(webhook, session);
}

}  // namespace xzepr::cli
