#include "api/rest/render_identity.hpp"

#include "api/rest/render_user.hpp"

namespace xzepr::api::rest {
namespace {

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
  object.id("session_id", principal.session_id);
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
