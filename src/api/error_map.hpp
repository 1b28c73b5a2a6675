// Errors and faults to problem bodies (RFC 9457): the one place where a failure becomes an HTTP status.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/deadline.hpp"
#include "base/error.hpp"
#include "http/message.hpp"

namespace xzepr::api {

[[nodiscard]] int status_of(Errc kind);
[[nodiscard]] int status_of(const Error& error);

/// What the client is told of a fault: nothing from inside. Out of time when the deadline has passed.
[[nodiscard]] Error error_of(Fault::Kind kind, Deadline deadline);
[[nodiscard]] Error internal_error();

/// The body alone, for the items of a batch.
void append_problem(std::string& out, int status, const Error& error, std::string_view request_id);

/// The whole answer, with Retry-After and WWW-Authenticate where they belong.
[[nodiscard]] http::Response problem(int status, const Error& error, std::string_view request_id);
[[nodiscard]] http::Response problem(const Error& error, std::string_view request_id);

}  // namespace xzepr::api
