// A receiver or group as the JSON text of its revisions table, from which old messages are rendered, and the
// text form of field formats.
#pragma once

#include <string>
#include <string_view>

#include "domain/group.hpp"
#include "domain/receiver.hpp"

namespace xzepr::store::postgres {

[[nodiscard]] std::string revision_text(const domain::Receiver& receiver);
[[nodiscard]] std::string revision_text(const domain::Group& group);

[[nodiscard]] std::string field_formats_text(const domain::FieldFormats& formats);
/// Throws Fault corrupt.
[[nodiscard]] domain::FieldFormats parse_field_formats(std::string_view text);

}  // namespace xzepr::store::postgres
