#include <array>

#include "api/rest/api_key_parse.hpp"
#include "api/rest/schemas.hpp"
#include "base/limits.hpp"

namespace xzepr::api::rest {
namespace {

using schema::Member;
using schema::Need;

json::Value new_api_key() {
  return schema::with_example(
      schema::request(
          "",
          {{"name", schema::line(0, limits::name_length_max), "What the key is for."},
           {"username", schema::line(1, limits::name_length_max),
            "Whose key; the caller's own when left out. Another's needs user_manage, and makes the user when "
            "missing.",
            Need::optional},
           {"roles", role_list_schema(), "All of the user's when left out or empty.", Need::optional},
           {"rpm", schema::integer(1, rpm_max), "Requests a minute, instead of the role's.", Need::optional},
           {"receiver", schema::text(), "The receiver of events that name none: id, name or name@version.",
            Need::optional},
           {"expires_at", schema::time(), "In the future.", Need::optional}}),
      json::Object{{"name", "pipeline"}, {"roles", json::Array{"event_manager"}}});
}

std::vector<Member> key_members() {
  return {{"id", schema::id(), ""},
          {"name", schema::text(), ""},
          {"user_id", schema::id(), ""},
          {"prefix", schema::text(), "The first characters of the key, to tell keys apart."},
          {"roles", role_list_schema(), ""},
          {"rpm", schema::nullable(schema::integer(1)), ""},
          {"receiver_id", schema::nullable(schema::id()), ""},
          {"created_at", schema::time(), ""},
          {"expires_at", schema::nullable(schema::time()), ""},
          {"revoked_at", schema::nullable(schema::time()), ""},
          {"last_used_at", schema::nullable(schema::time()), "To the minute."}};
}

json::Value api_key() { return schema::answer("A key without its secret.", key_members()); }

json::Value api_key_page() { return schema::page_of("ApiKey"); }

json::Value api_key_created() {
  auto members = key_members();
  members.push_back({"data", schema::id(), "The id, under its older name."});
  members.push_back({"username", schema::text(), ""});
  members.push_back(
      {"key", schema::pattern("^xzepr_[0-9A-Za-z]{36}$"), "The key in clear. It is shown this once."});
  return schema::answer("", std::move(members));
}

json::Value principal() {
  return schema::answer("Who is calling.", {{"user_id", schema::id(), ""},
                                            {"username", schema::text(), ""},
                                            {"roles", role_list_schema(), "Of the user and the key both."},
                                            {"permissions", schema::list_of(schema::text()), ""},
                                            {"api_key_id", schema::nullable(schema::id()), ""},
                                            {"session_id", schema::nullable(schema::id()), ""},
                                            {"rpm", schema::nullable(schema::integer(1)), ""},
                                            {"receiver_id", schema::nullable(schema::id()), ""}});
}

constexpr auto identity_schema_table = std::to_array<NamedSchema>({{"NewApiKey", new_api_key},
                                                                   {"ApiKey", api_key},
                                                                   {"ApiKeyPage", api_key_page},
                                                                   {"ApiKeyCreated", api_key_created},
                                                                   {"Principal", principal}});

}  // namespace

std::span<const NamedSchema> identity_schemas() { return identity_schema_table; }

}  // namespace xzepr::api::rest
