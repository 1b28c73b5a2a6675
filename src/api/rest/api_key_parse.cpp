#include "api/rest/api_key_parse.hpp"

#include "api/rest/reply.hpp"
#include "json/object_reader.hpp"
#include "json/pointer.hpp"

namespace xzepr::api::rest {
namespace {

identity::RoleSet read_roles(json::ObjectReader& reader) {
  identity::RoleSet roles;
  const auto names = reader.optional_strings("roles");
  if (!names) return roles;
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

std::optional<std::uint32_t> read_rpm(json::ObjectReader& reader) {
  const auto rpm = reader.optional_int("rpm");
  if (!rpm) return std::nullopt;
  if (*rpm < 1 || *rpm > rpm_max) reader.add("rpm", "range", "must be from 1 to 1000000000");
  return static_cast<std::uint32_t>(*rpm);
}

}  // namespace

Result<service::NewApiKey> parse_new_api_key(const json::Value& body) {
  service::NewApiKey key;
  json::ObjectReader reader(body);
  key.name = reader.required_string("name");
  key.username = to_owned(reader.optional_string("username"));
  // Only who may manage users gets this far for another's key, and a key without its user would be of no use.
  key.make_user = key.username.has_value();
  key.roles = read_roles(reader);
  key.rpm = read_rpm(reader);
  key.default_receiver = to_owned(reader.optional_string("receiver"));
  key.expires_at = reader.optional_time("expires_at");
  if (auto violations = reader.finish(); !violations.empty()) {
    return std::unexpected(json::request_invalid(std::move(violations)));
  }
  return key;
}

}  // namespace xzepr::api::rest
