// One thing that the server does: method, path, who may, the function that does it, and what the description
// of the API says of it. A route without a permission, an operation's name, a summary or answers does not
// compile.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "api/contract.hpp"
#include "api/parameter.hpp"
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

enum class Limit : std::uint8_t { counted, exempt };  ///< by the rate limiter

/// What people read and generators call it. Not empty: an empty one does not compile in a constexpr table.
class Words {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a route table reads `.summary = "One event"`
  constexpr Words(const char* text) : text_(text) { XZEPR_ASSERT(!text_.empty()); }
  // NOLINTNEXTLINE(google-explicit-constructor): read as the text that it is
  [[nodiscard]] constexpr operator std::string_view() const { return text_; }

 private:
  std::string_view text_;
};

struct Route {
  http::Method method;
  std::string_view path;  ///< template, "/api/v1/events/{id}"
  Demand demand;
  Action action;
  Words operation;  ///< "listEvents", unique: generated clients call it so
  Words summary;    ///< one line
  Answers answers;  ///< when all goes well
  Refusals refusals = {};
  std::span<const Parameter> segments = {};  ///< the template's parameters, in order
  std::span<const Parameter> query = {};     ///< the parameters it knows; any other is refused by name
  RequestBody body = {};
  std::size_t body_bytes_max = limits::body_bytes_max;
  http::BodyReading reading = http::BodyReading::whole;
  Reads reads = Reads::common;
  Limit limit = Limit::counted;
  bool takes_ticket = false;           ///< in its query, instead of another credential (G16)
  bool ignores_unknown_query = false;  ///< others decide what they add (RFC 6749, section 4.1.2)
  bool is_audited = false;             ///< its context holds the client's address
  bool is_login = false;               ///< what the rate limiter refuses of it is audited too
};

}  // namespace xzepr::api
