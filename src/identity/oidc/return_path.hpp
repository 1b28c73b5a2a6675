// Where a browser may be sent after a login: within this server only.
#pragma once

#include <string_view>

namespace xzepr::identity::oidc {

/// True for a path of this origin, with query and fragment perhaps, that every browser and proxy reads alike:
/// it begins with exactly one '/', and has no backslash, control or non-ASCII character, empty or dot
/// segment,
/// ';', and no escape of any of these in its path. Nothing under /api. At most 2,048 bytes.
[[nodiscard]] bool is_return_path(std::string_view text);

}  // namespace xzepr::identity::oidc
