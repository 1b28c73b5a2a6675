#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <sys/stat.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/import_lanes.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"

namespace xzepr::cli {

namespace {

using Outcome = std::expected<ExitCode, client::Failure>;

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// 0 when it is no ordinary file.
std::uint64_t size_of(std::FILE* file) {
  struct stat facts{};
  if (fstat(fileno(file), &facts) != 0 || !S_ISREG(facts.st_mode)) return 0;
  return static_cast<std::uint64_t>(facts.st_size);
}

class ProgressBar {
 public:
  ProgressBar(Session& session, std::uint64_t total) : session_(session), total_(total) {}

  void show(std::uint64_t done, std::size_t lines) {
    if (!session_.terminal.is_err_terminal) return;
    const auto now = session_.steady_now();
    if (is_shown_ && now - shown_at_ < std::chrono::milliseconds(100)) return;
    shown_at_ = now;
    draw(done, lines);
  }

  void clear() {
    if (is_shown_) session_.terminal.err("\r\x1b[K");
    is_shown_ = false;
  }

 private:
  void draw(std::uint64_t done, std::size_t lines) {
    constexpr std::uint64_t width = 30;
    const std::uint64_t filled = total_ == 0 ? 0 : std::min(done, total_) * width / total_;
    const std::string bar = total_ == 0 ? std::string()
                                        : fmt::format("[{:#<{}}{:.<{}}] {:3} % ", "", filled, "",
                                                      width - filled, std::min(done, total_) * 100 / total_);
    session_.terminal.err(fmt::format("\r\x1b[K{}{} lines", bar, lines));
    is_shown_ = true;
  }

  Session& session_;
  std::uint64_t total_;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point shown_at_;
};

json::Value to_json(const ImportSummary& summary) {
  json::Array problems;
  for (const RefusedLine& refused : summary.first_refused) {
    problems.push_back(json::Object{
        {"line", refused.line}, {"code", refused.failure.code}, {"detail", refused.failure.detail}});
  }
  return json::Object{{"read", summary.read},
                      {"added", summary.added},
                      {"already_there", summary.already_there},
                      {"refused", summary.refused},
                      {"problems", std::move(problems)}};
}

std::string why_of(const client::Failure& failure) {
  constexpr std::size_t shown_max = 3;
  std::string why;
  for (std::size_t i = 0; i < std::min(failure.violations.size(), shown_max); ++i) {
    const Violation& violation = failure.violations[i];
    why += fmt::format("{}{} {}", i == 0 ? "" : "; ", violation.pointer,
                       violation.message.empty() ? failure.detail : violation.message);
  }
  if (failure.violations.size() > shown_max)
    why += fmt::format("; and {} more", failure.violations.size() - shown_max);
  return why.empty() ? failure.detail : why;
}

void tell_refused(Terminal& terminal, const std::string& file, const ImportSummary& summary) {
  for (const RefusedLine& refused : summary.first_refused) {
    terminal.err(fmt::format("{}:{}: {}: {}\n", printable(file), refused.line,
                             printable(refused.failure.code), printable(why_of(refused.failure))));
  }
  if (summary.refused > summary.first_refused.size())
    terminal.err(fmt::format("and {} more\n", summary.refused - summary.first_refused.size()));
}

// As many as keep two cores busy on both sides.
constexpr std::size_t lane_count = 4;

std::vector<ImportRun::Send> lanes_to(const Session& session, const client::Server& server) {
  std::vector<ImportRun::Send> lanes;
  for (std::size_t i = 0; i < lane_count; ++i) {
    auto api = std::make_shared<client::Api>(server, session.new_transport());
    lanes.emplace_back([api](const client::Call& call) { return api->send(call); });
  }
  return lanes;
}

class Import {
 public:
  Import(Session& session, client::Api& api, std::string path, File file)
      : session_(session),
        path_(std::move(path)),
        file_(std::move(file)),
        lanes_(lanes_to(session, api.server()), session.pause),
        lines_([this](char* buffer, std::size_t size) { return std::fread(buffer, 1, size, file_.get()); }),
        progress_(session, size_of(file_.get())) {}

  Outcome run() {
    auto ended = send_all();
    progress_.clear();
    if (ended && std::ferror(file_.get()) != 0) {
      ended = std::unexpected(
          client::Failure{.status = 500,
                          .code = "file_unreadable",
                          .detail = fmt::format("{} could not be read to its end", path_),
                          .hint = "run the same command again: what is there already is not added twice",
                          .where = path_});
    }
    const ImportSummary& summary = lanes_.summary();
    tell_refused(session_.terminal, path_, summary);
    print_object(session_.terminal, session_.format(),
                 {column("READ", "read"), column("ADDED", "added"), column("ALREADY THERE", "already_there"),
                  column("REFUSED", "refused")},
                 to_json(summary));
    if (!ended) {
      client::Failure failure = ended.error();
      if (client::is_passing(failure))
        failure.hint = "run the same command again: it goes on where it stopped, and adds nothing twice";
      return std::unexpected(std::move(failure));
    }
    return summary.refused == 0 ? ExitCode::ok : ExitCode::refused;
  }

 private:
  std::expected<void, client::Failure> send_all() {
    std::size_t read = 0;
    while (const auto line = lines_.next()) {
      if (auto added = lanes_.add(keys_.keyed(*line)); !added) return added;
      progress_.show(lines_.bytes_read(), ++read);
    }
    return lanes_.finish();
  }

  Session& session_;
  std::string path_;
  File file_;
  ImportKeys keys_;
  ImportLanes lanes_;
  LineReader lines_;
  ProgressBar progress_;
};

ExitCode import_file(Session& session, const std::string& path) {
  File file(path == "-" ? stdin : std::fopen(path.c_str(), "rbe"));
  if (!file) {
    return report_argument(session.terminal, {.kind = Errc::invalid,
                                              .code = "file_unreadable",
                                              .detail = fmt::format("{}: {}", path, std::strerror(errno)),
                                              .hint = "name a readable file, or - for standard input"});
  }
  return with_api(session, [&](client::Api& api) {
    return Import(session, api, path == "-" ? "standard input" : path, std::move(file)).run();
  });
}

}  // namespace

void add_import_command(CLI::App& event, Session& session) {
  auto path = std::make_shared<std::string>();
  CLI::App& command =
      add_remote_verb(event, session,
                      {.name = "import",
                       .summary = "Post many events, one JSON object a line; a second run adds nothing, a "
                                  "broken one goes on. Exits 6 when lines were refused",
                       .examples = "  xzepr event import events.ndjson\n"
                                   "  examples/dpkg/to-ndjson /var/log/dpkg.log | xzepr event import -"},
                      [&session, path] { return import_file(session, *path); });
  command
      .add_option("file", *path,
                  "newline-delimited JSON, each line as POST /events takes it; - for standard input")
      ->required();
}

}  // namespace xzepr::cli
