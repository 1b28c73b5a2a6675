#include "cli/catalogue_verbs.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "client/references.hpp"

namespace xzepr::cli {

namespace {

struct CatalogueListArguments {
  std::string name, type, version, owner, q;
  bool is_enabled = false;
  bool is_disabled = false;
  ListLimit limit;
};

http::QueryParameters query_of(const CatalogueListArguments& arguments) {
  http::QueryParameters query;
  add_filter(query, "name", arguments.name);
  add_filter(query, "type", arguments.type);
  add_filter(query, "version", arguments.version);
  add_filter(query, "owner", arguments.owner);
  add_filter(query, "q", arguments.q);
  if (arguments.is_enabled != arguments.is_disabled)
    query.emplace_back("enabled", arguments.is_enabled ? "true" : "false");
  return query;
}

}  // namespace

void add_catalogue_list(CLI::App& parent, Session& session, CatalogueNoun noun, const CommandText& text,
                        Columns columns) {
  auto arguments = std::make_shared<CatalogueListArguments>();
  CLI::App& command =
      add_remote_verb(parent, session, text, [&session, arguments, noun, columns = std::move(columns)] {
        return with_api(session, [&](client::Api& api) {
          return print_list(session, api, client::path_of(noun.plural), query_of(*arguments),
                            arguments->limit.value(), columns);
        });
      });
  command.add_option("--name", arguments->name, "of this name");
  command.add_option("--type", arguments->type, "of this type");
  command.add_option("--version", arguments->version, "of this version");
  command.add_option("--owner", arguments->owner, "of this owner");
  command.add_option("-q,--search", arguments->q, "words that must occur")->option_text("WORDS");
  command.add_flag("--enabled", arguments->is_enabled, "enabled ones only");
  command.add_flag("--disabled", arguments->is_disabled, "disabled ones only");
  add_limit_options(command, arguments->limit);
}

CLI::App& add_reference_verb(CLI::App& parent, Session& session, CatalogueNoun noun, const CommandText& text,
                             ReferenceAction action) {
  auto reference = std::make_shared<std::string>();
  CLI::App& command =
      add_remote_verb(parent, session, text, [&session, reference, noun, action = std::move(action)] {
        return with_api(session, [&](client::Api& api) -> Outcome {
          const auto resolved = client::resolve(api, noun.plural, *reference);
          if (!resolved) return std::unexpected(resolved.error());
          return action(session, api, *resolved);
        });
      });
  command.add_option(std::string(noun.singular), *reference, "name, name@version or id")->required();
  return command;
}

ReferenceAction show_one(CatalogueNoun noun, Columns columns) {
  return
      [noun, columns = std::move(columns)](Session& session, client::Api& api, const std::string& reference) {
        return print_get(session, api, client::path_of(noun.plural, reference), columns);
      };
}

ReferenceAction set_enabled(CatalogueNoun noun, Enabled enabled) {
  return [noun, enabled](Session&, client::Api& api, const std::string& reference) {
    const client::Call call{.method = "PATCH",
                            .path = client::path_of(noun.plural, reference),
                            .body = json::Object{{"enabled", enabled == Enabled::yes}}};
    return send_quietly(api, call);
  };
}

ReferenceAction delete_one(CatalogueNoun noun) {
  return [noun](Session&, client::Api& api, const std::string& reference) {
    const client::Call call{.method = "DELETE", .path = client::path_of(noun.plural, reference)};
    return send_quietly(api, call);
  };
}

Outcome send_quietly(client::Api& api, const client::Call& call) {
  const auto answer = api.send(call);
  if (!answer) return std::unexpected(answer.error());
  return ExitCode::ok;
}

}  // namespace xzepr::cli
