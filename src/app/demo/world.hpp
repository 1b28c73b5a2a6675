// The receivers and gates of the demo, as documents of apply.
#pragma once

#include <string_view>

namespace xzepr::app::demo {

/// YAML, as `xzepr apply -f` reads it.
[[nodiscard]] std::string_view world_documents();

}  // namespace xzepr::app::demo
