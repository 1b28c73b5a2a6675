#include "api/rest/user_parse.hpp"

#include "api/rest/reply.hpp"
#include "json/pointer.hpp"

namespace xzepr::api::rest {
namespace {

template <class T>
Result<T> finished(json::ObjectReader& reader, T value) {
  if (auto violations = reader.finish(); !violations.empty())
    return std::unexpected(json::request_invalid(std::move(violations)));
  return value;
}

}  // namespace

std::optional<identity::RoleSet> read_roles(json::ObjectReader& reader) {
  const auto names = reader.optional_strings("roles");
  if (!names) return std::nullopt;
  identity::RoleSet roles;
  for (std::size_t i = 0; i < names->size(); ++i) {
    if (const auto role = identity::parse_role((*names)[i])) {
      roles.add(*role);
      continue;
    }
    Violation violation{.pointer = "/roles",
                        .keyword = "enum",
                        .message = "must be admin, event_manager, event_viewer or user"};
    json::append_token(violation.pointer, i);
    reader.add(std::move(violation));
  }
  return roles;
}

Result<service::LoginRequest> parse_login(const json::Value& body) {
  json::ObjectReader reader(body);
  service::LoginRequest request{.username = std::string(reader.required_string("username")),
                                .password = std::string(reader.required_string("password"))};
  return finished(reader, std::move(request));
}

Result<service::RefreshRequest> parse_refresh(const json::Value& body) {
  json::ObjectReader reader(body);
  service::RefreshRequest request{.access_token = std::string(reader.required_string("access_token")),
                                  .refresh_token = std::string(reader.required_string("refresh_token"))};
  return finished(reader, std::move(request));
}

Result<service::NewUser> parse_new_user(const json::Value& body) {
  json::ObjectReader reader(body);
  service::NewUser user{.username = std::string(reader.required_string("username"))};
  user.email = reader.optional_string("email").value_or("");
  user.display_name = reader.optional_string("display_name").value_or("");
  user.roles = read_roles(reader).value_or(identity::RoleSet{});
  user.password = to_owned(reader.optional_string("password"));
  return finished(reader, std::move(user));
}

Result<service::UserChange> parse_user_change(const json::Value& body) {
  json::ObjectReader reader(body);
  service::UserChange change{.email = to_owned(reader.optional_string("email")),
                             .display_name = to_owned(reader.optional_string("display_name")),
                             .roles = read_roles(reader),
                             .enabled = reader.optional_bool("enabled")};
  return finished(reader, std::move(change));
}

Result<service::NewPassword> parse_new_password(const json::Value& body) {
  json::ObjectReader reader(body);
  service::NewPassword password{.password = std::string(reader.required_string("password")),
                                .current = to_owned(reader.optional_string("current_password"))};
  return finished(reader, std::move(password));
}

}  // namespace xzepr::api::rest
