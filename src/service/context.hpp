// What every use case is given about its caller, once, by the edge.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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
};

/// What changes by a change, and whether it was made now or by an earlier identical request.
enum class Change : std::uint8_t { created, unchanged, replayed };

}  // namespace xzepr::service
