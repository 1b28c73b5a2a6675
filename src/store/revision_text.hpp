// A receiver or group as the JSON text of its revisions table, from which old messages are rendered, and the
// text forms of lists of names and of field formats. The same for both stores.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/group.hpp"
#include "domain/receiver.hpp"

namespace xzepr::store {

[[nodiscard]] std::string revision_text(const domain::Receiver& receiver);
[[nodiscard]] std::string revision_text(const domain::Group& group);

/// Names as a JSON array, and back. Throws Fault corrupt.
[[nodiscard]] std::string names_text(const std::vector<std::string>& names);
[[nodiscard]] std::vector<std::string> parse_names(std::string_view text);

[[nodiscard]] std::string field_formats_text(const domain::FieldFormats& formats);
/// Throws Fault corrupt.
[[nodiscard]] domain::FieldFormats parse_field_formats(std::string_view text);

}  // namespace xzepr::store
