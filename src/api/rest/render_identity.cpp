#include "api/rest/render_identity.hpp"

#include <array>

#include "api/rest/object_text.hpp"
#include "json/write.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array all_roles = {identity::Role::admin, identity::Role::event_manager,
                                  identity::Role::event_viewer, identity::Role::user};

void add_roles(std::string& out, ObjectText& object, identity::RoleSet roles) {
  std::vector<std::string_view> names;
  for (const auto role : all_roles) {
    if (roles.has(role)) names.push_back(identity::to_string(role));
  }
  object.key("roles");
  append_array(out, names, [](std::string& to, std::string_view name) { json::append_string(to, name); });
}

void add_permissions(std::string& out, ObjectText& object, identity::RoleSet roles) {
  std::vector<std::string_view> names;
  const auto last = static_cast<unsigned>(identity::Permission::system_read);
  for (auto i = static_cast<unsigned>(identity::Permission::event_create); i <= last; ++i) {
    const auto permission = static_cast<identity::Permission>(i);
    if (identity::permits(roles, permission)) names.push_back(identity::to_string(permission));
  }
  object.key("permissions");
  append_array(out, names, [](std::string& to, std::string_view name) { json::append_string(to, name); });
}

void add_rpm(ObjectText& object, const std::optional<std::uint32_t>& rpm) {
  if (rpm) {
    object.number("rpm", *rpm);
  } else {
    object.null("rpm");
  }
}

void add_api_key(std::string& out, ObjectText& object, const identity::ApiKey& key) {
  object.id("id", key.id);
  object.text("name", key.name);
  object.id("user_id", key.user_id);
  object.text("prefix", key.prefix);
  add_roles(out, object, key.roles);
  add_rpm(object, key.rpm);
  object.id("receiver_id", key.default_receiver);
  object.time("created_at", key.created_at);
  object.time("expires_at", key.expires_at);
  object.time("revoked_at", key.revoked_at);
  object.time("last_used_at", key.last_used_at);
}

}  // namespace

void append_principal(std::string& out, const identity::Principal& principal) {
  ObjectText object(out);
  object.id("user_id", principal.user_id);
  object.text("username", principal.username);
  add_roles(out, object, principal.roles);
  add_permissions(out, object, principal.roles);
  object.id("api_key_id", principal.api_key_id);
  add_rpm(object, principal.rpm);
  object.id("receiver_id", principal.default_receiver);
  object.close();
}

void append_api_key(std::string& out, const identity::ApiKey& key) {
  ObjectText object(out);
  add_api_key(out, object, key);
  object.close();
}

void append_created_key(std::string& out, const service::ApiKeyCreated& created) {
  ObjectText object(out);
  object.id("data", created.key.id);
  add_api_key(out, object, created.key);
  object.text("username", created.user.username);
  object.text("key", created.clear);
  object.close();
}

}  // namespace xzepr::api::rest
