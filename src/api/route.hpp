// One thing that the server does: method, path, who may, and the function that does it. A route without a
// permission does not compile.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/task.hpp"
#include "http/message.hpp"
#include "identity/role.hpp"

namespace xzepr::api {

struct Exchange;
struct Services;

/// Parses, calls one service, renders. An Error becomes a problem body in the pipeline; a Fault may pass
/// through.
using Handler = Task<Result<http::Response>> (*)(Exchange& exchange, const Services& services);

/// The same for what never waits and asks nobody: it costs no coroutine.
using QuickHandler = Result<http::Response> (*)(const Exchange& exchange, const Services& services);

/// Exactly one of the two.
class Action {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a route table reads `.action = get_event`
  constexpr Action(Handler waits) : handler_(waits) {}
  constexpr Action(QuickHandler answers) : quick_(answers) {}
  // NOLINTEND(google-explicit-constructor)
  [[nodiscard]] constexpr Handler handler() const { return handler_; }  ///< null when quick
  [[nodiscard]] constexpr QuickHandler quick() const { return quick_; }

 private:
  Handler handler_ = nullptr;
  QuickHandler quick_ = nullptr;
};

/// A permission that somebody chose: it has no default.
class Demand {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a route table reads `.demand = Permission::event_read`
  constexpr Demand(identity::Permission needed) : permission_(needed) {}
  [[nodiscard]] constexpr identity::Permission permission() const { return permission_; }

 private:
  identity::Permission permission_;
};

enum class Limit : std::uint8_t { counted, exempt };            ///< by the rate limiter
enum class Body : std::uint8_t { none, json, json_or_ndjson };  ///< what the request's body may be

struct Route {
  http::Method method;
  std::string_view path;  ///< template, "/api/v1/events/{id}"
  Demand demand;
  Action action;
  std::string_view summary;  ///< one line, for the API's description
  Body body = Body::none;
  std::size_t body_bytes_max = limits::body_bytes_max;
  http::BodyReading reading = http::BodyReading::whole;
  std::span<const std::string_view> query = {};  ///< the parameters it knows; any other is refused by name
  Limit limit = Limit::counted;
};

}  // namespace xzepr::api
