#include "api/rest/api_key_parse.hpp"

#include "api/rest/reply.hpp"
#include "api/rest/user_parse.hpp"

namespace xzepr::api::rest {
namespace {

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
  key.roles = read_roles(reader).value_or(identity::RoleSet{});
  key.rpm = read_rpm(reader);
  key.default_receiver = to_owned(reader.optional_string("receiver"));
  key.expires_at = reader.optional_time("expires_at");
  if (auto violations = reader.finish(); !violations.empty()) {
    return std::unexpected(json::request_invalid(std::move(violations)));
  }
  return key;
}

}  // namespace xzepr::api::rest
