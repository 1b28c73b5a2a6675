#include "cli/help.hpp"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace xzepr::cli {

namespace {

class HouseFormatter final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    if (mode == CLI::AppFormatMode::Sub) return make_expanded(app);
    std::string text = make_description(app);
    if (!app->get_footer().empty()) text += fmt::format("\nExamples:\n{}\n", app->get_footer());
    text += fmt::format("\n{}", make_usage(app, std::move(name)));
    text += make_positionals(app);
    text += make_groups(app, mode);
    text += make_subcommands(app, mode);
    return text;
  }
};

}  // namespace

void use_house_help(CLI::App& root) {
  auto formatter = std::make_shared<HouseFormatter>();
  formatter->column_width(34);
  formatter->label("Positionals", "Arguments");
  formatter->label("SUBCOMMAND", "COMMAND");
  root.formatter(formatter);
}

std::string command_path(const CLI::App& command) {
  if (command.get_parent() == nullptr) return "xzepr";
  return fmt::format("{} {}", command_path(*command.get_parent()), command.get_name());
}

}  // namespace xzepr::cli
