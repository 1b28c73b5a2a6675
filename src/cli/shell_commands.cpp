// What the command line says about itself: completion and the manual page.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/man_page.hpp"
#include "cli/options.hpp"

namespace xzepr::cli {

namespace {

void add_completion(CLI::App& root, Session& session) {
  auto shell = std::make_shared<std::string>();
  CLI::App& command =
      add_plain_verb(root, session,
                     {.name = "completion",
                      .summary = "Print the script that completes commands, options and names in a shell",
                      .examples = "  source <(xzepr completion bash)\n"
                                  "  xzepr completion bash > /etc/bash_completion.d/xzepr\n"
                                  "  xzepr completion zsh > ~/.zfunc/_xzepr\n"
                                  "  xzepr completion fish > ~/.config/fish/completions/xzepr.fish"},
                     [&session, shell] {
                       session.terminal.out(completion_script(*shell));
                       return ExitCode::ok;
                     });
  command.add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

}  // namespace

void add_shell_commands(CLI::App& root, Session& session) {
  add_completion(root, session);
  add_plain_verb(root, session,
                 {.name = "man",
                  .summary = "Print the manual page",
                  .examples = "  xzepr man | man -l -\n  xzepr man > /usr/local/share/man/man1/xzepr.1"},
                 [&root, &session] {
                   session.terminal.out(man_page(root));
                   return ExitCode::ok;
                 });
}

}  // namespace xzepr::cli
