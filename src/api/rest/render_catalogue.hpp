// Receivers and groups as JSON text.
#pragma once

#include <string>

#include "domain/group.hpp"
#include "domain/receiver.hpp"

namespace xzepr::api::rest {

void append_receiver(std::string& out, const domain::Receiver& receiver);
void append_group(std::string& out, const domain::Group& group);
/// {"data": [{"user_id": ...}, ...]}
void append_members(std::string& out, const domain::Group& group);

}  // namespace xzepr::api::rest
