#include "app/commands/load_config.hpp"

#include <fmt/format.h>

namespace xzepr::app {

Error config_invalid(const Problems& problems) {
  std::string lines;
  for (const Problem& problem : problems) {
    if (!lines.empty()) lines += '\n';
    lines += render(problem);
  }
  return {.kind = Errc::invalid, .code = "config_invalid", .detail = std::move(lines)};
}

Result<Loaded> load_config(const cli::ConfigArguments& arguments, std::vector<FlagOverride> flags) {
  LoadInput input{.profile = arguments.is_development ? Profile::development : Profile::production,
                  .file_name = arguments.file,
                  .environment = process_environment(),
                  .flags = std::move(flags)};
  if (!arguments.file.empty()) {
    auto text = read_file(arguments.file);
    if (!text) return std::unexpected(config_invalid({text.error()}));
    input.file_text = *std::move(text);
  }
  if (arguments.data_dir) {
    input.flags.push_back(
        {"database.url", fmt::format("sqlite:{}/xzepr.db", *arguments.data_dir), "--data-dir"});
  }
  auto loaded = load(input);
  if (!loaded) return std::unexpected(config_invalid(loaded.error()));
  return *std::move(loaded);
}

}  // namespace xzepr::app
