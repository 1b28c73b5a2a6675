#include <array>

#include "api/rest/schemas.hpp"
#include "base/limits.hpp"
#include "identity/password.hpp"

namespace xzepr::api::rest {
namespace {

using schema::Need;

json::Value password() { return schema::text(identity::password_length_min, identity::password_length_max); }

json::Value login() {
  return schema::with_example(
      schema::request("", {{"username", schema::text(), ""}, {"password", schema::text(), ""}}),
      json::Object{{"username", "ada"}, {"password", "a long pass phrase"}});
}

json::Value refresh() {
  return schema::request("Both of one login.",
                         {{"access_token", schema::text(), "The last one, expired or not."},
                          {"refresh_token", schema::text(), "The one that came with it; it is used up."}});
}

json::Value tokens() {
  return schema::answer("",
                        {{"access_token", schema::text(), "Send it as Authorization: Bearer (RFC 6750)."},
                         {"refresh_token", schema::pattern("^xzr_[0-9A-Za-z_-]{43}$"), "For one refresh."},
                         {"token_type", schema::choice({"Bearer"}), ""},
                         {"expires_in", schema::integer(0), "Seconds, of the access token."},
                         {"expires_at", schema::time(), "The same as a time."},
                         {"user", schema::ref("User"), ""}});
}

json::Value stream_ticket() {
  return schema::answer("A credential for one WebSocket.",
                        {{"ticket", schema::pattern("^[0-9A-Za-z]{43}$"),
                          "For the query of /api/v1/stream/ws. It speaks for its maker, once."},
                         {"expires_at", schema::time(), ""}});
}

json::Value browser_session() {
  return schema::answer(
      "", {{"csrf_token", schema::pattern("^[0-9a-f]{64}$"),
            "Send it as X-CSRF-Token with whatever changes something. A readable cookie has it, too."},
           {"expires_at", schema::time(), "Log in again by then."},
           {"user", schema::ref("User"), ""}});
}

json::Value key_set() {
  return schema::answer("A JWK Set (RFC 7517).",
                        {{"keys", schema::list_of(schema::map_of(schema::text())), ""}});
}

json::Value user() {
  return schema::answer("", {{"id", schema::id(), ""},
                             {"username", schema::text(), ""},
                             {"email", schema::text(), ""},
                             {"display_name", schema::text(), ""},
                             {"roles", role_list_schema(), ""},
                             {"enabled", schema::flag(), ""},
                             {"created_at", schema::time(), ""}});
}

json::Value user_page() { return schema::page_of("User"); }

json::Value new_user() {
  return schema::with_example(
      schema::request(
          "", {{"username", schema::line(1, limits::name_length_max), "Without spaces."},
               {"email", schema::line(0, limits::name_length_max), "", Need::optional},
               {"display_name", schema::line(0, limits::name_length_max), "The user name when left out.",
                Need::optional},
               {"roles", role_list_schema(), "user when left out or empty.", Need::optional},
               {"password", password(),
                "Not a common one. Without it the user has API keys and logins at a provider only.",
                Need::optional}}),
      json::Object{{"username", "ada"}, {"roles", json::Array{"event_manager"}}});
}

json::Value user_change() {
  return schema::with_example(
      schema::request(
          "What is left out stays.",
          {{"email", schema::line(0, limits::name_length_max), "", Need::optional},
           {"display_name", schema::line(0, limits::name_length_max), "", Need::optional},
           {"roles", role_list_schema(1), "All of them.", Need::optional},
           {"enabled", schema::flag(), "False: no credential of the user counts.", Need::optional}}),
      json::Object{{"enabled", false}});
}

json::Value new_password() {
  return schema::with_example(
      schema::request("", {{"password", password(), "Not a common one."},
                           {"current_password", schema::text(), "For one's own.", Need::optional}}),
      json::Object{{"password", "a long pass phrase"}});
}

json::Value role_list() {
  auto role = schema::answer(
      "", {{"name", schema::text(), ""}, {"permissions", schema::list_of(schema::text()), ""}});
  return schema::answer("", {{"data", schema::list_of(std::move(role)), ""}});
}

json::Value audit_entry() {
  return schema::answer(
      "", {{"id", schema::id(), ""},
           {"at", schema::time(), ""},
           {"action", schema::text(), ""},
           {"outcome", schema::choice({"succeeded", "refused"}), ""},
           {"user_id", schema::nullable(schema::id()), "Who did it; null when nobody known did."},
           {"username", schema::text(), "The same; of a refused login the name that was tried."},
           {"target", schema::text(), "What it was done to."},
           {"detail", schema::text(), ""},
           {"address", schema::text(), "Of the client."},
           {"request_id", schema::text(), ""}});
}

json::Value audit_page() { return schema::page_of("AuditEntry"); }

constexpr auto user_schema_table = std::to_array<NamedSchema>({{"Login", login},
                                                               {"Refresh", refresh},
                                                               {"Tokens", tokens},
                                                               {"BrowserSession", browser_session},
                                                               {"StreamTicket", stream_ticket},
                                                               {"KeySet", key_set},
                                                               {"User", user},
                                                               {"UserPage", user_page},
                                                               {"NewUser", new_user},
                                                               {"UserChange", user_change},
                                                               {"NewPassword", new_password},
                                                               {"RoleList", role_list},
                                                               {"AuditEntry", audit_entry},
                                                               {"AuditPage", audit_page}});

}  // namespace

std::span<const NamedSchema> user_schemas() { return user_schema_table; }

}  // namespace xzepr::api::rest
