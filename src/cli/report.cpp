#include "cli/report.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace xzepr::cli {

namespace {

constexpr std::size_t violations_shown_max = 10;

std::string place_of(const Violation& violation) {
  const std::string pointer = violation.pointer.empty() ? std::string("(the whole body)") : violation.pointer;
  return violation.message.empty() ? pointer : fmt::format("{}: {}", pointer, violation.message);
}

std::string where_of(const client::Failure& failure) {
  const std::string asked = printable(failure.where);
  if (failure.violations.empty()) return asked.empty() ? std::string("the command line") : asked;
  std::string text;
  const std::size_t shown = std::min(failure.violations.size(), violations_shown_max);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += "\n         ";
    text += printable(place_of(failure.violations[i]));
  }
  if (failure.violations.size() > shown)
    text += fmt::format("\n         and {} more", failure.violations.size() - shown);
  return text;
}

std::string next_of(const client::Failure& failure) {
  if (!failure.hint.empty()) return printable(failure.hint);
  if (failure.status == 401) return "log in: xzepr login --url URL --api-key -, or set XZEPR_API_KEY";
  if (failure.status == 403) return "ask an administrator, or the owner, for the right to do this";
  if (failure.status == 0) return "start a server (xzepr serve --dev), or name one with --url or XZEPR_URL";
  if (failure.status == 429 || failure.status == 503)
    return fmt::format("try again in {} s", std::max<std::int64_t>(failure.retry_after.count(), 1));
  if (failure.status >= 500 && !failure.request_id.empty()) {
    return fmt::format("look for request {} in the server's log", printable(failure.request_id));
  }
  if (!failure.code.empty() && failure.status >= 400)
    return fmt::format("read about it: /docs/errors/{} on the server", printable(failure.code));
  return "see xzepr --help";
}

}  // namespace

std::string render_failure(const client::Failure& failure, bool has_colour) {
  const std::string_view red = has_colour ? "\x1b[31m" : "";
  const std::string_view reset = has_colour ? "\x1b[0m" : "";
  const std::string code = failure.code.empty() ? std::string() : fmt::format(" {}", printable(failure.code));
  return fmt::format("{}error{}{}: {}\n  where: {}\n  next:  {}\n", red, code, reset,
                     printable(failure.detail), where_of(failure), next_of(failure));
}

ExitCode report(Terminal& terminal, const client::Failure& failure) {
  terminal.err(render_failure(failure, terminal.has_err_colour));
  return exit_code_of(failure);
}

ExitCode report_argument(Terminal& terminal, const Error& error) {
  client::Failure failure = client::failure_of(error);
  if (failure.hint.empty()) failure.hint = "correct the argument, or the file that it names";
  terminal.err(render_failure(failure, terminal.has_err_colour));
  return ExitCode::usage;
}

ExitCode report_usage(Terminal& terminal, std::string what, std::string where, std::string next) {
  const client::Failure failure{.status = 400,
                                .code = "usage",
                                .detail = std::move(what),
                                .hint = std::move(next),
                                .where = std::move(where)};
  terminal.err(render_failure(failure, terminal.has_err_colour));
  return ExitCode::usage;
}

void tell_lines(Terminal& terminal, std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    terminal.err(fmt::format("xzepr: {}\n", printable(text.substr(0, end))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

ExitCode report_local(Terminal& terminal, const Error& error, std::string where) {
  if (error.code == "config_invalid") {
    tell_lines(terminal, error.detail);
    return ExitCode::refused;
  }
  client::Failure failure = client::failure_of(error);
  failure.where = std::move(where);
  if (failure.status == 0) failure.status = 503;
  return report(terminal, failure);
}

}  // namespace xzepr::cli
