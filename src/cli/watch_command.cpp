#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/child.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "client/event_stream.hpp"
#include "json/parse.hpp"

namespace xzepr::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto silence_max = 45s;  // the server says something every 15 s
constexpr std::size_t message_depth_max = 200;
constexpr int tries_max = 5;  // of the command

struct WatchArguments {
  std::string type, artifact, group, success, after, command, position_file;
  std::size_t count = 0;  // 0: without an end
  bool is_events_only = false;
};

// Everything of a message that stands beside its data, by the name of a variable.
Environment environment_of(const json::Value& message) {
  Environment variables;
  for (const auto& member : message.get_object()) {
    if (member.value().is_structured()) continue;
    std::string name = "XZEPR_MESSAGE_";
    for (const char c : std::string_view(member.key()))
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    variables.emplace_back(std::move(name), cell_of(member.value()));
  }
  return variables;
}

std::string line_of(const json::Value& message) {
  const auto time = client::text_of(message, "time");
  const auto* success = find_member(message, "success");
  const bool is_failed = success != nullptr && success->is_bool() && !success->get_bool();
  return fmt::format("{}  {:<17} {:<6} {}  {}\n", time.substr(0, time.find('.')),
                     client::text_of(message, "kind"), is_failed ? "failed" : "ok",
                     printable(client::text_of(message, "subject")),
                     printable(client::text_of(message, "type")));
}

// One `watch`: what was seen, and what ends it.
class Watch {
 public:
  Watch(Session& session, const WatchArguments& arguments, std::string place)
      : session_(session), arguments_(arguments), place_(std::move(place)) {}

  ExitCode run(client::Api& api);

 private:
  [[nodiscard]] bool take(std::string_view bytes);
  [[nodiscard]] bool handle(const client::StreamedEvent& event);
  [[nodiscard]] bool execute(const json::Value& message, const std::string& data);
  [[nodiscard]] bool remember(const std::string& place);
  [[nodiscard]] client::Call call();
  [[nodiscard]] std::optional<ExitCode> on_end(
      const std::expected<http::ClientResponse, client::Failure>& answer);

  Session& session_;
  const WatchArguments& arguments_;
  std::string place_;  // "" before the first message
  client::EventStreamReader reader_;
  std::size_t seen_ = 0;
  std::optional<ExitCode> end_;
  std::chrono::milliseconds pause_ = 0ms;
};

client::Call Watch::call() {
  client::Call call{.path = client::path_of("stream"), .timeout = silence_max, .accept = "text/event-stream"};
  add_filter(call.query, "type", arguments_.type);
  add_filter(call.query, "artifact", arguments_.artifact);
  add_filter(call.query, "group", arguments_.group);
  add_filter(call.query, "success", arguments_.success);
  if (place_.empty()) add_filter(call.query, "after", arguments_.after);
  call.last_event_id = place_;
  call.on_body = [this](std::string_view bytes) { return take(bytes); };
  call.should_stop = session_.should_stop;
  return call;
}

ExitCode Watch::run(client::Api& api) {
  for (;;) {
    reader_ = {};
    const auto answer = api.send_raw(call());
    if (end_) return *end_;
    if (session_.should_stop && session_.should_stop()) return ExitCode::ok;
    if (const auto end = on_end(answer)) return *end;
    session_.pause(pause_);
    pause_ = std::min<std::chrono::milliseconds>(std::max<std::chrono::milliseconds>(pause_ * 2, 500ms), 30s);
  }
}

// nullopt: it is tried again.
std::optional<ExitCode> Watch::on_end(const std::expected<http::ClientResponse, client::Failure>& answer) {
  if (answer && answer->status < 300) return std::nullopt;
  const auto failure = answer ? client::failure_of(*answer) : answer.error();
  if (!client::is_passing(failure)) return report(session_.terminal, failure);
  tell_lines(session_.terminal, fmt::format("{}; trying again", failure.detail));
  return std::nullopt;
}

bool Watch::take(std::string_view bytes) {
  pause_ = 0ms;
  reader_.append(bytes);
  while (const auto event = reader_.next()) {
    if (!handle(*event)) return false;
  }
  (void)flush_output();
  // What was left out by the filters need not be looked at again.
  if (!reader_.last_id().empty() && !remember(reader_.last_id())) return false;
  return true;
}

bool Watch::handle(const client::StreamedEvent& event) {
  if (event.name == "error") return true;  // the stream ends; the next try says why
  const auto message = json::parse(event.data, {.depth_max = message_depth_max});
  if (!message || !message->is_object()) return true;
  if (arguments_.is_events_only && client::text_of(*message, "kind") != "event.created") return true;
  if (!arguments_.command.empty()) {
    if (!execute(*message, event.data)) return false;
  } else if (session_.format() == Format::table) {
    session_.terminal.out(line_of(*message));
  } else {
    session_.terminal.out(event.data + "\n");
  }
  if (!remember(event.id)) return false;
  if (++seen_ == arguments_.count) end_ = ExitCode::ok;
  return !end_;
}

// The position moves behind a message only when its command has ended well: after a crash it runs again.
bool Watch::execute(const json::Value& message, const std::string& data) {
  const auto variables = environment_of(message);
  int code = 0;
  for (int tried = 1; tried <= tries_max; ++tried) {
    code = session_.run_child(arguments_.command, variables, data + "\n");
    if (code == 0) return true;
    if (session_.should_stop && session_.should_stop()) break;
    if (tried < tries_max) session_.pause(std::chrono::milliseconds(250 << tried));
  }
  end_ = ExitCode::failure;
  (void)report(
      session_.terminal,
      client::Failure{.code = "command_failed",
                      .detail = fmt::format("the command ended with {} each of {} times", code, tries_max),
                      .hint = fmt::format("mend it and go on with --after {}", place_.empty() ? "0" : place_),
                      .where = arguments_.command});
  return false;
}

bool Watch::remember(const std::string& place) {
  if (place == place_) return true;
  place_ = place;
  if (arguments_.position_file.empty()) return true;
  if (const auto written = session_.write_file(arguments_.position_file, place + "\n"); !written) {
    end_ = report_argument(session_.terminal, written.error());
    return false;
  }
  return true;
}

// A file that is not there yet is a beginning; one that cannot be read is none.
Result<std::string> remembered_place(Session& session, const WatchArguments& arguments) {
  if (arguments.position_file.empty()) return std::string();
  auto text = session.read_file(arguments.position_file);
  std::error_code ignored;
  if (!text && !std::filesystem::exists(arguments.position_file, ignored)) return std::string();
  while (text && (text->ends_with('\n') || text->ends_with(' '))) text->pop_back();
  return text;
}

ExitCode watch(Session& session, const WatchArguments& arguments) {
  auto place = remembered_place(session, arguments);
  if (!place) return report_argument(session.terminal, place.error());
  catch_interrupts();
  return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
    return Watch(session, arguments, *std::move(place)).run(api);
  });
}

void add_filters(CLI::App& command, WatchArguments& arguments) {
  command.add_option("--artifact", arguments.artifact, "name@version+release/platform/package, with * and ?")
      ->option_text("GLOB");
  command.add_option("--success", arguments.success, "only events that passed: true, or failed: false")
      ->check(CLI::IsMember({"true", "false"}))
      ->option_text("BOOL");
  command
      .add_option("--after", arguments.after,
                  "begin after this position; 0 is the beginning (default: what comes from now on)")
      ->option_text("POSITION");
  command.add_option("--count", arguments.count, "end after so many messages (default: never)")
      ->option_text("N");
}

}  // namespace

void add_watch_command(CLI::App& root, Session& session) {
  auto arguments = std::make_shared<WatchArguments>();
  CLI::App& command = add_remote_verb(
      root, session,
      {.name = "watch",
       .summary = "Follow every change as it comes, and run a command for each",
       .examples =
           "  xzepr watch\n"
           "  xzepr watch --group ready-to-ship --exec ./deploy --position-file deploy.position\n"
           "  xzepr watch --artifact 'app@*' --success false -o ndjson\n"
           "  xzepr watch --after 0 --count 1 --exec 'echo $XZEPR_MESSAGE_KIND $XZEPR_MESSAGE_SUBJECT'"},
      [&session, arguments] { return watch(session, *arguments); });
  command.add_option("--type", arguments->type, "only messages of this type")->option_text("TYPE");
  command.add_option("--group", arguments->group, "only messages about this group")->option_text("GROUP");
  add_filters(command, *arguments);
  command
      .add_option("--exec", arguments->command,
                  "run this by the shell for each message: it on standard input, its attributes as "
                  "XZEPR_MESSAGE_*; tried five times, then watch ends")
      ->option_text("COMMAND");
  command
      .add_option("--position-file", arguments->position_file,
                  "remember there what is done, and go on from there: each message at least once")
      ->option_text("FILE");
}

void add_event_tail(CLI::App& event, Session& session) {
  auto arguments = std::make_shared<WatchArguments>();
  arguments->is_events_only = true;
  CLI::App& command = add_remote_verb(event, session,
                                      {.name = "tail",
                                       .summary = "Follow events as they come",
                                       .examples = "  xzepr event tail\n"
                                                   "  xzepr event tail --artifact 'app@*' --success false\n"
                                                   "  xzepr event tail --after 0 --count 1 -o ndjson"},
                                      [&session, arguments] { return watch(session, *arguments); });
  command.add_option("--type", arguments->type, "only events of receivers of this type")->option_text("TYPE");
  add_filters(command, *arguments);
}

}  // namespace xzepr::cli
