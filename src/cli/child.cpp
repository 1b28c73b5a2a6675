#include "cli/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

#include "cli/files.hpp"

namespace xzepr::cli {
namespace {

volatile std::sig_atomic_t is_interrupted = 0;

void on_interrupt(int) { is_interrupted = 1; }

[[noreturn]] void become(const std::string& command, const Environment& environment) {
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

}  // namespace

int run_child(const std::string& command, const Environment& environment, const std::string& input) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return 127;
  std::signal(SIGPIPE, SIG_IGN);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    become(command, environment);
  }
  ::close(ends[0]);
  if (child > 0) (void)write_all(ends[1], input);  // it need not read

  ::close(ends[1]);
  if (child < 0) return 127;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool was_interrupted() { return is_interrupted != 0; }

}  // namespace xzepr::cli
