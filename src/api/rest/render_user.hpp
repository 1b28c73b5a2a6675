// Accounts, tokens and audit rows as JSON text. No hash and no password is ever rendered.
#pragma once

#include <string>

#include "api/rest/object_text.hpp"
#include "identity/api_key.hpp"
#include "identity/audit.hpp"
#include "service/browser_session_service.hpp"
#include "service/session_service.hpp"
#include "service/stream_tickets.hpp"

namespace xzepr::api::rest {

void append_user(std::string& out, const identity::User& user);
void append_browser_session(std::string& out, const service::BrowserSession& session);
void append_tokens(std::string& out, const service::Tokens& tokens);
void append_stream_ticket(std::string& out, const service::StreamTicket& ticket);
void append_audit_entry(std::string& out, const identity::AuditEntry& entry);
/// {"data": [{"name", "permissions"}]}: every role.
void append_role_list(std::string& out);

/// The members "roles" and "permissions" of an object that is being written.
void add_roles(std::string& out, ObjectText& object, identity::RoleSet roles);
void add_permissions(std::string& out, ObjectText& object, identity::RoleSet roles);

}  // namespace xzepr::api::rest
