// What receivers and groups have in common on the command line: listing, and verbs about one of them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <CLI/App.hpp>

#include "cli/options.hpp"

namespace xzepr::cli {

/// "receivers" and "receiver", for paths and for arguments.
struct CatalogueNoun {
  std::string_view plural;
  std::string_view singular;
};

using Outcome = std::expected<ExitCode, client::Failure>;
/// Told the reference as it may stand in a path.
using ReferenceAction = std::function<Outcome(Session&, client::Api&, const std::string& reference)>;

void add_catalogue_list(CLI::App& parent, Session& session, CatalogueNoun noun, const CommandText& text,
                        Columns columns);

/// A verb about one receiver or group, named by name, name@version or id. The command, for further options.
CLI::App& add_reference_verb(CLI::App& parent, Session& session, CatalogueNoun noun, const CommandText& text,
                             ReferenceAction action);

[[nodiscard]] ReferenceAction show_one(CatalogueNoun noun, Columns columns);
enum class Enabled : bool { no, yes };
[[nodiscard]] ReferenceAction set_enabled(CatalogueNoun noun, Enabled enabled);
[[nodiscard]] ReferenceAction delete_one(CatalogueNoun noun);

/// Sends, and prints nothing when that went well.
[[nodiscard]] Outcome send_quietly(client::Api& api, const client::Call& call);

}  // namespace xzepr::cli
