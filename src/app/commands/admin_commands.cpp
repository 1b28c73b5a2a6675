#include "api/rest/render_identity.hpp"
#include "app/commands/administration.hpp"
#include "app/commands/load_config.hpp"
#include "app/commands/verbs.hpp"
#include "base/time_text.hpp"
#include "json/parse.hpp"

namespace xzepr::app {

namespace {

json::Value parsed(const std::string& text) { return json::parse(text).value_or(json::Value(nullptr)); }

json::Value to_json(const service::ApiKeyCreated& created) {
  std::string text;
  api::rest::append_created_key(text, created);
  return parsed(text);
}

json::Value to_json(const identity::ApiKey& key) {
  std::string text;
  api::rest::append_api_key(text, key);
  return parsed(text);
}

// Without a user it is the way back in for who has lost the last admin key.
Result<service::NewApiKey> request_of(const cli::NewKey& key) {
  auto roles = roles_of(key.roles);
  if (!roles) return std::unexpected(std::move(roles).error());
  const bool is_way_back = key.user.empty() && key.roles.empty();
  if (is_way_back) roles->add(identity::Role::admin);
  service::NewApiKey request{.username = key.user.empty() ? "admin" : key.user,
                             .make_user = true,
                             .name = key.name,
                             .roles = *roles};
  request.rpm = key.rpm;
  request.default_receiver = key.receiver;
  if (key.expires_at) request.expires_at = parse_time(*key.expires_at);
  return request;
}

Result<json::Value> all_keys(Administration& administration, const std::optional<std::string>& user) {
  json::Array keys;
  service::PageRequest request{.limit = limits::page_size_max};
  while (true) {
    const auto context = administration.context();
    const auto page = administration.run(administration.identities().list_api_keys(context, user, request));
    if (!page) return std::unexpected(page.error());
    for (const identity::ApiKey& key : page->items) keys.push_back(to_json(key));
    if (!page->next) return keys;
    request.after = page->next;
  }
}

}  // namespace

Result<json::Value> admin_bootstrap(const cli::ConfigArguments& arguments) {
  return with_administration(arguments, [](Administration& administration) -> Result<json::Value> {
    const auto context = administration.context();
    auto created = administration.run(administration.identities().bootstrap(context.now, context.deadline));
    if (!created) return std::unexpected(std::move(created).error());
    return to_json(*created);
  });
}

Result<json::Value> key_create(const cli::ConfigArguments& arguments, const cli::NewKey& key) {
  auto request = request_of(key);
  if (!request) return std::unexpected(std::move(request).error());
  return with_administration(arguments, [&](Administration& administration) -> Result<json::Value> {
    const auto context = administration.context();
    auto created =
        administration.run(administration.identities().create_api_key(context, *std::move(request)));
    if (!created) return std::unexpected(std::move(created).error());
    return to_json(*created);
  });
}

Result<json::Value> key_list(const cli::ConfigArguments& arguments, const std::optional<std::string>& user) {
  return with_administration(arguments,
                             [&](Administration& administration) { return all_keys(administration, user); });
}

Result<void> key_revoke(const cli::ConfigArguments& arguments, const std::string& id) {
  const auto key_id = parse_id<ApiKeyId>(id);
  if (!key_id) return invalid_field("id", "format", "must be a key's id; xzepr admin key list shows them");
  return with_administration(arguments, [&](Administration& administration) -> Result<void> {
    const auto context = administration.context();
    return administration.run(administration.identities().revoke_api_key(context, *key_id));
  });
}

}  // namespace xzepr::app
