// What a person writes to name a thing, as a path segment that the API takes: an encoded slash is refused in
// paths, so names with one are looked up first.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "client/api.hpp"

namespace xzepr::client {

/// A receiver or group (`noun` is "receivers" or "groups"): the reference itself where it can stand in a
/// path, else the id found by name and version. Failures as the API's own: 404, or 409 when a name has
/// several versions.
[[nodiscard]] std::expected<std::string, Failure> resolve(Api& api, std::string_view noun,
                                                          const std::string& reference);

/// The id of the one artifact that `text` names; without a call when it names all five fields.
[[nodiscard]] std::expected<std::string, Failure> resolve_artifact(Api& api, const std::string& text);

}  // namespace xzepr::client
