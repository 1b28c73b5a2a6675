// Text that is put into HTML.
#pragma once

#include <string>
#include <string_view>

namespace xzepr::api {

/// What may stand between tags and in quoted attributes.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace xzepr::api
