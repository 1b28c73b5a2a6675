#include "api/rest/render_user.hpp"

#include "json/write.hpp"

namespace xzepr::api::rest {
namespace {

void append_role(std::string& out, identity::Role role) {
  identity::RoleSet only;
  only.add(role);
  ObjectText object(out);
  object.text("name", identity::to_string(role));
  add_permissions(out, object, only);
  object.close();
}

}  // namespace

void add_roles(std::string& out, ObjectText& object, identity::RoleSet roles) {
  object.key("roles");
  append_array(out, identity::role_names(roles), json::append_string);
}

void add_permissions(std::string& out, ObjectText& object, identity::RoleSet roles) {
  object.key("permissions");
  append_array(out, identity::permission_names(roles), json::append_string);
}

void append_user(std::string& out, const identity::User& user) {
  ObjectText object(out);
  object.id("id", user.id);
  object.text("username", user.username);
  object.text("email", user.email);
  object.text("display_name", user.display_name);
  add_roles(out, object, user.roles);
  object.flag("enabled", user.enabled);
  object.time("created_at", user.created_at);
  object.close();
}

void append_tokens(std::string& out, const service::Tokens& tokens) {
  ObjectText object(out);
  object.text("access_token", tokens.access_token);
  object.text("refresh_token", tokens.refresh_token);
  object.text("token_type", "Bearer");
  object.number("expires_in", tokens.expires_in.count());
  object.time("expires_at", tokens.expires_at);
  object.key("user");
  append_user(out, tokens.user);
  object.close();
}

void append_stream_ticket(std::string& out, const service::StreamTicket& ticket) {
  ObjectText object(out);
  object.text("ticket", ticket.text);
  object.time("expires_at", ticket.expires_at);
  object.close();
}

void append_browser_session(std::string& out, const service::BrowserSession& session) {
  ObjectText object(out);
  object.text("csrf_token", session.csrf_token);
  object.time("expires_at", session.expires_at);
  object.key("user");
  append_user(out, session.user);
  object.close();
}

void append_audit_entry(std::string& out, const identity::AuditEntry& entry) {
  ObjectText object(out);
  object.id("id", entry.id);
  object.time("at", entry.at);
  object.text("action", to_string(entry.action));
  object.text("outcome", to_string(entry.outcome));
  object.id("user_id", entry.user_id);
  object.text("username", entry.username);
  object.text("target", entry.target);
  object.text("detail", entry.detail);
  object.text("address", entry.address);
  object.text("request_id", entry.request_id);
  object.close();
}

void append_role_list(std::string& out) {
  out += R"({"data":)";
  append_array(out, identity::all_roles, append_role);
  out += '}';
}

}  // namespace xzepr::api::rest
