#include "api/error_map.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "api/error_texts.hpp"
#include "json/write.hpp"

namespace xzepr::api {
namespace {

constexpr std::string_view code_of_internal = "internal";

std::string_view title(const Error& error, int status) {
  const auto found = title_of(error.code);
  return found.empty() ? http::reason_phrase(status) : found;
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  json::append_string(out, value);
}

void append_violations(std::string& out, const std::vector<Violation>& violations) {
  out += ",\"violations\":[";
  for (const auto& violation : violations) {
    if (&violation != violations.data()) out += ',';
    out += "{\"pointer\":";
    json::append_string(out, violation.pointer);
    append_member(out, "keyword", violation.keyword);
    append_member(out, "message", violation.message);
    if (!violation.schema.empty()) append_member(out, "schema", violation.schema);
    out += '}';
  }
  out += ']';
}

bool asks_to_wait(Errc kind) { return kind == Errc::rate_limited || kind == Errc::unavailable; }

}  // namespace

int status_of(Errc kind) {
  switch (kind) {
    case Errc::invalid: return 400;
    case Errc::unauthenticated: return 401;
    case Errc::forbidden: return 403;
    case Errc::not_found: return 404;
    case Errc::conflict: return 409;
    case Errc::idempotency_mismatch: return 422;
    case Errc::gone: return 410;
    case Errc::precondition_failed: return 412;
    case Errc::too_large: return 413;
    case Errc::rate_limited: return 429;
    case Errc::unavailable: return 503;
    case Errc::deadline_exceeded: return 504;
  }
  std::unreachable();
}

// A client that was told "internal" must see 500 although no Errc says so.
int status_of(const Error& error) { return error.code == code_of_internal ? 500 : status_of(error.kind); }

Error internal_error() {
  return Error{.kind = Errc::unavailable,
               .code = code_of_internal,
               .detail = "the server failed to answer this request",
               .hint = "give the request_id to whoever runs this server"};
}

Error error_of(Fault::Kind kind, Deadline deadline) {
  switch (kind) {
    case Fault::Kind::unavailable:
      if (deadline.has_passed()) return deadline_exceeded().error();
      return unavailable("the store cannot be reached now").error();
    case Fault::Kind::storage_full:
      return Error{.kind = Errc::unavailable,
                   .code = "storage_full",
                   .detail = "the store has no space left: nothing was changed",
                   .hint = "try again when the operator has made room",
                   .retry_after = std::chrono::seconds{30}};
    case Fault::Kind::refused:
    case Fault::Kind::corrupt:
    case Fault::Kind::fatal: return internal_error();
  }
  std::unreachable();
}

void append_problem(std::string& out, int status, const Error& error, std::string_view request_id) {
  fmt::format_to(std::back_inserter(out), R"({{"type":"/docs/errors/{}","title":)", error.code);
  json::append_string(out, title(error, status));
  fmt::format_to(std::back_inserter(out), R"(,"status":{})", status);
  append_member(out, "code", error.code);
  append_member(out, "detail", error.detail);
  append_member(out, "request_id", request_id);
  if (!error.violations.empty()) append_violations(out, error.violations);
  if (!error.hint.empty()) append_member(out, "hint", error.hint);
  append_member(out, "error", error.code);
  append_member(out, "message", error.detail);
  if (!error.field.empty()) append_member(out, "field", error.field);
  out += '}';
}

http::Response problem(int status, const Error& error, std::string_view request_id) {
  http::Response response{.status = status, .content_type = "application/problem+json"};
  append_problem(response.body, status, error, request_id);
  if (status == 401) response.set("WWW-Authenticate", "Bearer");
  if (asks_to_wait(error.kind) && status != 500) {
    response.set("Retry-After", fmt::to_string(std::max<std::int64_t>(error.retry_after.count(), 1)));
  }
  return response;
}

http::Response problem(const Error& error, std::string_view request_id) {
  return problem(status_of(error), error, request_id);
}

}  // namespace xzepr::api
