// Bodies about accounts and logins.
#pragma once

#include "base/error.hpp"
#include "json/object_reader.hpp"
#include "service/session_service.hpp"
#include "service/user_service.hpp"

namespace xzepr::api::rest {

/// "request_invalid" with all violations, as every parser here.
[[nodiscard]] Result<service::LoginRequest> parse_login(const json::Value& body);
[[nodiscard]] Result<service::RefreshRequest> parse_refresh(const json::Value& body);
[[nodiscard]] Result<service::NewUser> parse_new_user(const json::Value& body);
[[nodiscard]] Result<service::UserChange> parse_user_change(const json::Value& body);
[[nodiscard]] Result<service::NewPassword> parse_new_password(const json::Value& body);

/// The member "roles", by name; nullopt when it is left out.
[[nodiscard]] std::optional<identity::RoleSet> read_roles(json::ObjectReader& reader);

}  // namespace xzepr::api::rest
