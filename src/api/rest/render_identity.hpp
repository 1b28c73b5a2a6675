// Principals and API keys as JSON text. No hash is ever rendered; a key in clear only in the answer that made
// it.
#pragma once

#include <string>

#include "identity/principal.hpp"
#include "service/identity_service.hpp"

namespace xzepr::api::rest {

void append_principal(std::string& out, const identity::Principal& principal);
void append_api_key(std::string& out, const identity::ApiKey& key);
/// {"data": ID, "id": ID, "key": in clear, ...}
void append_created_key(std::string& out, const service::ApiKeyCreated& created);

}  // namespace xzepr::api::rest
