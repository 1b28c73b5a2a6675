#include "cli/context_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>

#include "cli/files.hpp"
#include "json/write.hpp"
#include "yaml/tree.hpp"

namespace xzepr::cli {

namespace {

constexpr std::size_t context_bytes_max = 65'536;

std::unexpected<Error> unreadable(const std::string& path, std::string_view why, std::string hint) {
  return std::unexpected(Error{.kind = Errc::invalid,
                               .code = "context_unreadable",
                               .detail = fmt::format("{}: {}", path, why),
                               .hint = std::move(hint)});
}

std::unexpected<Error> unwritable(const std::string& path) {
  return std::unexpected(
      Error{.kind = Errc::invalid,
            .code = "context_unwritable",
            .detail = fmt::format("{}: {}", path, std::strerror(errno)),
            .hint = "set XZEPR_URL and XZEPR_API_KEY instead, or XDG_CONFIG_HOME to a folder of yours"});
}

std::string member_of(const yaml::Node& map, std::string_view name) {
  for (const auto& [key, node] : map.members) {
    if (key == name) return node.text;
  }
  return {};
}

}  // namespace

std::optional<std::string> context_path(const Variables& variables) {
  const auto own = variables("XDG_CONFIG_HOME");
  if (own && own->starts_with('/')) return *own + "/xzepr/context.yaml";
  const auto home = variables("HOME");
  if (home && home->starts_with('/')) return *home + "/.config/xzepr/context.yaml";
  return std::nullopt;
}

Result<Context> read_context(const std::string& path) {
  struct stat facts{};
  if (stat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return Context{};
    return unreadable(path, std::strerror(errno), "make it readable for you, or remove it");
  }
  if ((facts.st_mode & 077U) != 0)
    return unreadable(path, "others may read this file, and it holds a key",
                      fmt::format("chmod 600 {}", path));
  const auto text = read_whole_file(path);
  if (!text) return std::unexpected(text.error());
  const std::string log_in_again = "remove it and log in again: xzepr login";
  if (text->size() > context_bytes_max) return unreadable(path, "too large", log_in_again);
  const auto tree = yaml::parse_config(*text);
  if (!tree) return unreadable(path, tree.error().message, log_in_again);
  if (tree->kind != yaml::Node::Kind::map) return unreadable(path, "not a map", log_in_again);
  return Context{.url = member_of(*tree, "url"), .api_key = member_of(*tree, "api_key")};
}

Result<void> write_context(const std::string& path, const Context& context) {
  const std::filesystem::path target(path);
  std::error_code ignored;
  std::filesystem::create_directories(target.parent_path().parent_path(), ignored);
  if (mkdir(target.parent_path().c_str(), 0700) != 0 && errno != EEXIST) return unwritable(path);
  std::string text = "# Written by xzepr login; keep it to yourself.\nurl: ";
  json::append_string(text, context.url);
  if (!context.api_key.empty()) {
    text += "\napi_key: ";
    json::append_string(text, context.api_key);
  }
  text += '\n';
  if (const auto written = replace_file(path, text); !written) return unwritable(path);
  return {};
}

}  // namespace xzepr::cli
