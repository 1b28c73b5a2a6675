// Documents of `apply` as files hold them, YAML or JSON, and where in them a fault of the server's lies.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "client/api.hpp"
#include "json/value.hpp"
#include "yaml/tree.hpp"

namespace xzepr::client {

/// Of one document: as large and as deep as the server takes it. A file may hold many.
inline constexpr yaml::Limits document_limits = {
    .bytes_max = 1'048'576, .depth_max = 34, .nodes_max = 200'000, .aliases = yaml::Aliases::copied};

struct SourceDocument {
  std::string file;        ///< as it was named; "-" for standard input
  std::size_t number = 1;  ///< of the document in its file, from 1
  json::Value value;
  yaml::Node tree = {};  ///< for its lines; without members when they are not known
};

/// "gates.yaml:12: document 2: /version: must be text" of what is wrong in a file.
struct SourceFault {
  std::string file;
  int line = 0;              ///< 0: not known
  std::size_t document = 0;  ///< 0: the file as a whole
  std::string pointer = {};
  std::string message = {};

  friend bool operator==(const SourceFault&, const SourceFault&) = default;
};
[[nodiscard]] std::string render(const SourceFault& fault);

/// What one file holds. A list at the top is as many documents; an empty document is none. `.json` is read as
/// JSON, everything else as YAML, in which numbers stand for text where a document wants text. Faults are
/// added.
void read_documents(std::vector<SourceDocument>& documents, std::vector<SourceFault>& faults,
                    const std::string& file, std::string_view text);

enum class DryRun : bool { no, yes };
enum class Prune : bool { no, yes };
/// POST /apply.
[[nodiscard]] Call apply_call(const std::vector<SourceDocument>& documents, DryRun dry_run, Prune prune);

/// A failure's violations by file and line; what is not about a document keeps its pointer.
[[nodiscard]] std::vector<SourceFault> faults_of(const Failure& failure,
                                                 const std::vector<SourceDocument>& documents);

/// What a filter of `export` lets through; empty: all.
struct ExportFilter {
  std::string kind, name, type;
};
/// Receivers and groups, as the API lists them, as the documents that would make them: receivers first, each
/// by name, type and version; what has its default is left out.
[[nodiscard]] std::vector<json::Value> documents_of(const std::vector<json::Value>& receivers,
                                                    const std::vector<json::Value>& groups,
                                                    const ExportFilter& filter);

}  // namespace xzepr::client
