#include "cli/apply_files.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace xzepr::cli {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unreadable(const std::string& path, std::string_view why) {
  return std::unexpected(
      Error{.kind = Errc::invalid,
            .code = "file_unreadable",
            .detail = fmt::format("{}: {}", path, why),
            .hint = "name a file, a folder of .yaml and .json files, or - for standard input"});
}

bool is_document_file(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

}  // namespace

Result<std::vector<std::string>> files_of(const std::string& path) {
  std::error_code error;
  if (path == "-" || !fs::is_directory(path, error)) return std::vector{path};
  std::vector<fs::path> found;
  fs::recursive_directory_iterator at(path, error);
  const fs::recursive_directory_iterator end;
  for (; !error && at != end; at.increment(error)) {
    const bool is_hidden = at->path().filename().string().starts_with('.');
    if (is_hidden) at.disable_recursion_pending();
    if (!is_hidden && is_document_file(at->path()) && !at->is_directory(error)) found.push_back(at->path());
    if (found.size() > apply_files_max)
      return unreadable(path, fmt::format("more than {} files", apply_files_max));
  }
  if (error) return unreadable(path, error.message());
  if (found.empty()) return unreadable(path, "no .yaml, .yml or .json file in this folder");
  // By the names on the way, so that what is in a folder stays together.
  std::ranges::sort(found);
  std::vector<std::string> files;
  for (const auto& file : found) files.push_back(file.string());
  return files;
}

}  // namespace xzepr::cli
