// What every use case is given about its caller, once, by the edge.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "crypto/digest.hpp"
#include "identity/principal.hpp"

namespace xzepr::service {

/// The Idempotency-Key of a POST, with what it is scoped to and compared by.
struct Idempotency {
  std::string route;  ///< method and template, "POST /api/v1/events"
  std::string key;
  crypto::Sha256 body_hash{};
};

struct Context {
  std::shared_ptr<const identity::Principal> principal;
  Deadline deadline;
  TimePoint now;
  std::string request_id;
  std::string address = {};  ///< the client's, of what is audited
};

/// The resource versions that a change may meet; nullopt: any.
using IfMatch = std::optional<std::vector<std::int64_t>>;
/// False when the resource has another version than those named.
[[nodiscard]] inline bool admits(const IfMatch& if_match, std::int64_t resource_version) {
  return !if_match || std::ranges::find(*if_match, resource_version) != if_match->end();
}

/// What changes by a change, and whether it was made now or by an earlier identical request.
enum class Change : std::uint8_t { created, unchanged, replayed };

}  // namespace xzepr::service
