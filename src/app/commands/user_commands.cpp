#include "api/rest/render_user.hpp"
#include "app/commands/administration.hpp"
#include "app/commands/verbs.hpp"
#include "json/parse.hpp"

namespace xzepr::app {

namespace {

json::Value user_value(const identity::User& user) {
  std::string text;
  api::rest::append_user(text, user);
  return json::parse(text).value_or(json::Value(nullptr));
}

Result<json::Value> all_users(Administration& administration) {
  json::Array users;
  service::PageRequest request{.limit = limits::page_size_max};
  while (true) {
    const auto context = administration.context();
    const auto page = administration.run(administration.users().list(context, request));
    if (!page) return std::unexpected(page.error());
    for (const auto& user : page->items) users.push_back(user_value(user));
    if (!page->next) return users;
    request.after = page->next;
  }
}

}  // namespace

Result<json::Value> user_create(const cli::ConfigArguments& arguments, const cli::NewAccount& account) {
  auto roles = roles_of(account.roles);
  if (!roles) return std::unexpected(std::move(roles).error());
  service::NewUser request{.username = account.username,
                           .email = account.email,
                           .display_name = account.display_name,
                           .roles = *roles,
                           .password = account.password};
  return with_administration(arguments, [&](Administration& administration) -> Result<json::Value> {
    const auto context = administration.context();
    const auto user = administration.run(administration.users().create(context, std::move(request)));
    if (!user) return std::unexpected(user.error());
    return user_value(*user);
  });
}

Result<json::Value> user_list(const cli::ConfigArguments& arguments) {
  return with_administration(arguments, all_users);
}

Result<json::Value> user_change(const cli::ConfigArguments& arguments, const std::string& user,
                                const cli::AccountChange& change) {
  service::UserChange request{.email = {}, .display_name = {}, .roles = {}, .enabled = change.enabled};
  if (change.roles) {
    auto roles = roles_of(*change.roles);
    if (!roles) return std::unexpected(std::move(roles).error());
    request.roles = *roles;
  }
  return with_administration(arguments, [&](Administration& administration) -> Result<json::Value> {
    const auto context = administration.context();
    const auto changed = administration.run(administration.users().change(context, user, std::move(request)));
    if (!changed) return std::unexpected(changed.error());
    return user_value(*changed);
  });
}

Result<void> user_password(const cli::ConfigArguments& arguments, const std::string& user,
                           const std::string& password) {
  return with_administration(arguments, [&](Administration& administration) -> Result<void> {
    const auto context = administration.context();
    service::NewPassword request{.password = password};
    return administration.run(administration.users().set_password(context, user, std::move(request)));
  });
}

}  // namespace xzepr::app
