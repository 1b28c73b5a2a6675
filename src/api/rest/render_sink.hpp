// Sinks and dead letters as JSON text.
#pragma once

#include <string>
#include <vector>

#include "service/sink_service.hpp"

namespace xzepr::api::rest {

/// {"data": [...]}
void append_sink_list(std::string& out, const std::vector<service::SinkStatus>& sinks);
void append_dead_letter(std::string& out, const domain::DeadLetter& letter);

}  // namespace xzepr::api::rest
