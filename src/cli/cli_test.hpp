// A command line without files, clocks and servers: what it was answered is given, what it said is kept.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/run.hpp"

namespace xzepr::cli {

class CommandLine : public testing::Test {
 protected:
  CommandLine() : session_(make_session({})) {
    session_.terminal = {.out = [this](std::string_view text) { out_ += text; },
                         .err = [this](std::string_view text) { err_ += text; }};
    session_.variables = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables_.find(std::string(name));
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    session_.transport = [this](const http::ClientRequest& request) { return answer(request); };
    session_.new_transport = [this] {
      return [this](const http::ClientRequest& request) {
        const std::lock_guard lock(mutex_);
        return answer(request);
      };
    };
    session_.read_file = [this](const std::string& path) -> Result<std::string> {
      const auto found = files_.find(path);
      if (found != files_.end()) return found->second;
      return std::unexpected(
          Error{.kind = Errc::invalid, .code = "file_unreadable", .detail = path + ": no such file"});
    };
    session_.write_file = [this](const std::string& path, const std::string& text) -> Result<void> {
      files_[path] = text;
      return {};
    };
    session_.run_child = [this](const std::string& command, const Environment& environment,
                                const std::string& input) {
      std::string line = command + " < " + input;
      for (const auto& [name, value] : environment) line += name + "=" + value + "\n";
      children_.push_back(line);
      return child_codes_.empty()
                 ? 0
                 : std::exchange(child_codes_, {child_codes_.begin() + 1, child_codes_.end()}).front();
    };
    session_.should_stop = [] { return false; };
    session_.pause = [this](std::chrono::milliseconds length) {
      const std::lock_guard lock(mutex_);
      now_ += length;
    };
    session_.steady_now = [this] { return now_; };
    session_.now = [] { return TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 1 / 31)); };
  }

  /// Answers of the server, in order; none left: it is not there.
  void answers(int status, std::string body) {
    answers_.push_back({.status = status, .headers = {}, .body = std::move(body)});
  }

  ExitCode run(std::vector<std::string> arguments) {
    out_.clear();
    err_.clear();
    return cli::run(session_, std::move(arguments));
  }

  /// "POST /api/v1/events {...}" of the n-th call.
  [[nodiscard]] std::string asked(std::size_t index = 0) const {
    if (index >= requests_.size()) return "nothing";
    const auto& request = requests_[index];
    const std::string path = request.url.substr(request.url.find('/', 8));
    return request.method + " " + path + (request.body.empty() ? "" : " " + request.body);
  }

  Session session_;
  std::map<std::string, std::string> variables_;
  std::map<std::string, std::string> files_;
  std::vector<http::ClientRequest> requests_;
  std::vector<std::string> children_;  ///< commands with their input and variables
  std::vector<int> child_codes_;       ///< of the next ones; then 0
  std::string out_;
  std::string err_;
  std::chrono::steady_clock::time_point now_;
  std::chrono::milliseconds time_per_call_{0};

 private:
  Result<http::ClientResponse> answer(const http::ClientRequest& request) {
    requests_.push_back(request);
    now_ += time_per_call_;
    if (answers_.empty()) {
      return std::unexpected(
          Error{.kind = Errc::unavailable, .code = "server_unreachable", .detail = "nobody listens there"});
    }
    auto response = answers_.front();
    answers_.erase(answers_.begin());
    if (request.on_body && response.status < 300) (void)request.on_body(std::exchange(response.body, {}));
    return response;
  }

  std::mutex mutex_;  // of what an import's threads touch
  std::vector<http::ClientResponse> answers_;
};

}  // namespace xzepr::cli
