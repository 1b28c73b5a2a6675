#include "client/failure.hpp"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "json/parse.hpp"

namespace xzepr::client {

namespace {

std::string text_member(const json::Object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr || !member->is_string()) return {};
  return std::string(json::view(member->get_string()));
}

std::vector<Violation> violations_of(const json::Object& object) {
  std::vector<Violation> violations;
  const auto* member = object.if_contains("violations");
  if (member == nullptr || !member->is_array()) return violations;
  for (const auto& item : member->get_array()) {
    if (!item.is_object()) continue;
    const auto& fields = item.get_object();
    violations.push_back({.pointer = text_member(fields, "pointer"),
                          .keyword = text_member(fields, "keyword"),
                          .message = text_member(fields, "message"),
                          .schema = text_member(fields, "schema")});
  }
  return violations;
}

std::chrono::seconds seconds_of(std::string_view text) {
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds{std::max(seconds, 0)};
}

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

}  // namespace

Failure failure_of_problem(const json::Value& problem) {
  Failure failure;
  if (!problem.is_object()) return failure;
  const auto& object = problem.get_object();
  failure.code = text_member(object, "code");
  failure.detail = text_member(object, "detail");
  failure.hint = text_member(object, "hint");
  failure.request_id = text_member(object, "request_id");
  failure.violations = violations_of(object);
  if (failure.detail.empty()) failure.detail = text_member(object, "title");
  if (const auto* status = object.if_contains("status"); status != nullptr && status->is_int64()) {
    failure.status = static_cast<int>(status->get_int64());
  }
  if (const std::string field = text_member(object, "field"); failure.violations.empty() && !field.empty()) {
    failure.violations.push_back({.pointer = fmt::format("/{}", field), .keyword = "", .message = ""});
  }
  return failure;
}

Failure failure_of(const http::ClientResponse& response) {
  const auto body = json::parse(response.body, {.depth_max = 200});
  Failure failure = body ? failure_of_problem(*body) : Failure{};
  failure.status = response.status;
  if (failure.code.empty()) {
    failure.code = fmt::format("http_{}", response.status);
    failure.detail = fmt::format("the server answered {} without saying why", response.status);
    failure.hint = "check that the URL is that of an XZepr server";
  }
  if (failure.request_id.empty()) failure.request_id = response.header("x-request-id");
  failure.retry_after = seconds_of(response.header("retry-after"));
  return failure;
}

Failure failure_of(Error error) {
  Failure failure{
      .status = status_of(error.kind), .code = std::string(error.code), .detail = std::move(error.detail)};
  failure.hint = std::move(error.hint);
  failure.violations = std::move(error.violations);
  failure.retry_after = error.retry_after;
  if (failure.code == "server_unreachable") failure.status = 0;
  return failure;
}

bool is_passing(const Failure& failure) {
  return failure.status == 0 || failure.status == 429 || failure.status == 502 || failure.status == 503 ||
         failure.status == 504;
}

}  // namespace xzepr::client
