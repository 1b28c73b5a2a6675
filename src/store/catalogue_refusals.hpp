// What both stores refuse of a change of the catalogue, in the same words. Pure.
#pragma once

#include "base/error.hpp"

namespace xzepr::store {

/// 409 "receiver_in_use", "identity_exists", "webhook_exists".
[[nodiscard]] Error receiver_in_use();
[[nodiscard]] Error identity_exists();
[[nodiscard]] Error webhook_exists();

}  // namespace xzepr::store
