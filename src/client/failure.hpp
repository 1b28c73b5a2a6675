// What went wrong, as a client of the API sees it: from a problem body, from a broken connection, or from an
// Error of ours.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/client.hpp"
#include "json/value.hpp"

namespace xzepr::client {

struct Failure {
  int status = 0;  ///< HTTP status; 0: no answer came, or it was no HTTP at all
  std::string code;
  std::string detail;
  std::string hint = {};
  std::string where = {};  ///< what was asked: "POST /api/v1/events", a file, an argument
  std::string request_id = {};
  std::vector<Violation> violations = {};
  std::chrono::seconds retry_after = std::chrono::seconds{0};
};

/// From an answer with a status of 400 or more. A body that is no problem body (a proxy's page) still gives a
/// Failure.
[[nodiscard]] Failure failure_of(const http::ClientResponse& response);

/// From an Error of ours; the status is the one that the API would have used.
[[nodiscard]] Failure failure_of(Error error);

/// The members of a problem object, as they stand in a whole answer or in an item of a batch.
[[nodiscard]] Failure failure_of_problem(const json::Value& problem);

/// May the very same request succeed a little later? Overload, a restart, a limit, no answer.
[[nodiscard]] bool is_passing(const Failure& failure);

}  // namespace xzepr::client
