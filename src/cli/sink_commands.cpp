#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"

namespace xzepr::cli {

namespace {

struct LetterArguments {
  std::string sink = "kafka";
  std::string id;
  ListLimit limit;
};

Columns sink_columns() {
  return {column("NAME", "name"), column("POSITION", "position"), column("PENDING", "pending"),
          column("DEAD LETTERS", "dead_letters"), column("OWNER", "owner")};
}

Columns letter_columns() {
  return {column("ID", "id"),        column("POSITION", "position"), column("KIND", "kind"),
          column("CAUSE", "cause"),  column("TRIES", "tries"),       column("FAILED", "failed_at"),
          column("DETAIL", "detail")};
}

std::string letters_path(const LetterArguments& arguments) {
  return client::path_of("sinks", arguments.sink, "/dead-letters");
}

std::string letter_path(const LetterArguments& arguments) {
  return letters_path(arguments) + "/" + http::percent_encode(arguments.id);
}

// They are few, and come at once.
std::expected<ExitCode, client::Failure> list_sinks(Session& session, client::Api& api) {
  const auto answer = api.get(client::path_of("sinks"));
  if (!answer) return std::unexpected(answer.error());
  ListWriter writer(session.terminal, session.format(), sink_columns());
  if (const auto* sinks = find_member(*answer, "data"); sinks != nullptr && sinks->is_array()) {
    for (const auto& sink : sinks->get_array()) writer.add(sink);
  }
  writer.finish();
  return ExitCode::ok;
}

CLI::App& add_letter_verb(CLI::App& letters, Session& session, const CommandText& text,
                          const std::shared_ptr<LetterArguments>& arguments,
                          std::function<ExitCode()> action) {
  CLI::App& command = add_remote_verb(letters, session, text, std::move(action));
  command.add_option("--sink", arguments->sink, "of this sink (default: kafka)")->option_text("NAME");
  return command;
}

void add_letter_list(CLI::App& letters, Session& session) {
  auto arguments = std::make_shared<LetterArguments>();
  CLI::App& command = add_letter_verb(
      letters, session,
      {.name = "list",
       .summary = "List the rows that a sink refuses, newest first",
       .examples = "  xzepr sink dead-letters list\n  xzepr sink dead-letters list --all -o ndjson"},
      arguments, [&session, arguments] {
        return with_api(session, [&](client::Api& api) {
          return print_list(session, api, letters_path(*arguments), {}, arguments->limit.value(),
                            letter_columns());
        });
      });
  add_limit_options(command, arguments->limit);
}

void add_letter_show(CLI::App& letters, Session& session) {
  auto arguments = std::make_shared<LetterArguments>();
  CLI::App& command =
      add_letter_verb(letters, session,
                      {.name = "show",
                       .summary = "Show one dead letter",
                       .examples = "  xzepr sink dead-letters show 01JE4Q8Z5X8R4B1T6V0N2M3K7D"},
                      arguments, [&session, arguments] {
                        return with_api(session, [&](client::Api& api) {
                          return print_get(session, api, letter_path(*arguments), letter_columns());
                        });
                      });
  command.add_option("id", arguments->id, "of the dead letter")->required();
}

void add_letter_resend(CLI::App& letters, Session& session) {
  auto arguments = std::make_shared<LetterArguments>();
  CLI::App& command = add_letter_verb(
      letters, session,
      {.name = "resend",
       .summary =
           "Send a dead letter again, behind what its key has had since; it is gone when the sink takes it",
       .examples = "  xzepr sink dead-letters resend 01JE4Q8Z5X8R4B1T6V0N2M3K7D"},
      arguments, [&session, arguments] {
        return with_api(session, [&](client::Api& api) -> std::expected<ExitCode, client::Failure> {
          const auto answer = api.send({.method = "POST", .path = letter_path(*arguments) + "/resend"});
          if (!answer) return std::unexpected(answer.error());
          print_object(session.terminal, session.format(), letter_columns(), *answer);
          return ExitCode::ok;
        });
      });
  command.add_option("id", arguments->id, "of the dead letter")->required();
}

}  // namespace

void add_sink_commands(CLI::App& root, Session& session) {
  CLI::App& sink = add_noun(root, {.name = "sink",
                                   .summary = "Where messages go: lag and dead letters",
                                   .examples = "  xzepr sink list\n  xzepr sink dead-letters list"});
  add_remote_verb(
      sink, session,
      {.name = "list",
       .summary = "List the sinks: how far each has come, and how many rows wait",
       .examples = "  xzepr sink list"},
      [&session] { return with_api(session, [&](client::Api& api) { return list_sinks(session, api); }); });
  CLI::App& letters =
      add_noun(sink, {.name = "dead-letters",
                      .summary = "Rows that a sink refuses",
                      .examples = "  xzepr sink dead-letters list\n"
                                  "  xzepr sink dead-letters resend 01JE4Q8Z5X8R4B1T6V0N2M3K7D"});
  add_letter_list(letters, session);
  add_letter_show(letters, session);
  add_letter_resend(letters, session);
}

}  // namespace xzepr::cli
