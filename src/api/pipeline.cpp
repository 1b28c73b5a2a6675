#include "api/pipeline.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/content.hpp"
#include "api/cross_site.hpp"
#include "api/error_map.hpp"
#include "api/exchange.hpp"
#include "api/query_reader.hpp"
#include "api/request_head.hpp"
#include "crypto/digest.hpp"
#include "http/web_socket.hpp"
#include "identity/api_key.hpp"

namespace xzepr::api {
namespace {

using Outcome = http::Router::Outcome;

// On every answer, errors too: all of it, without the first line when the answer says itself how it may be
// kept, without the last over plain HTTP. X-XSS-Protection is ignored by browsers of today and asked for by
// scanners.
constexpr std::string_view security_headers =
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "X-XSS-Protection: 1; mode=block\r\n"
    "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"
    "Strict-Transport-Security: max-age=31536000\r\n";
constexpr std::size_t caching_end = security_headers.find("\r\n") + 2;
constexpr std::size_t transport_begin = security_headers.find("Strict-Transport-Security");

constexpr std::string_view headers_for(bool is_cacheable, bool is_https) {
  const std::size_t begin = is_cacheable ? caching_end : 0;
  return security_headers.substr(begin, (is_https ? security_headers.size() : transport_begin) - begin);
}

constexpr std::string_view log_target = "api";

std::string_view method_name(http::Method method) {
  const auto name = http::to_string(method);
  return name.empty() ? "OTHER" : name;
}

std::string allow_header(const std::vector<http::Method>& allowed) {
  std::string text;
  for (const auto method : allowed) {
    if (!text.empty()) text += ", ";
    text += http::to_string(method);
  }
  return text;
}

Error path_unknown(std::string_view path) {
  return Error{.kind = Errc::not_found,
               .code = "path_unknown",
               .detail = fmt::format("there is nothing at {}", path),
               .hint = "the interface begins at /api/v1, for example /api/v1/events"};
}

Error method_not_allowed(std::string_view method, const std::string& allowed) {
  return Error{.kind = Errc::invalid,
               .code = "method_not_allowed",
               .detail = fmt::format("{} is not allowed here", method),
               .hint = fmt::format("allowed are {}", allowed)};
}

Error credentials_in_query() {
  return Error{.kind = Errc::invalid,
               .code = "credentials_in_query",
               .detail = "a key in a URL ends up in logs and histories",
               .hint = "send it in the header X-API-Key, and revoke it if it was a real one"};
}

Error query_unreadable() {
  return Error{.kind = Errc::invalid,
               .code = "query_invalid",
               .detail = "the query string cannot be read",
               .hint = "percent-encode names and values as UTF-8; at most 100 parameters"};
}

Error idempotency_key_invalid() {
  return Error{.kind = Errc::invalid,
               .code = "idempotency_key_invalid",
               .detail = "Idempotency-Key must be given once, as 1 to 255 visible ASCII characters",
               .hint = "a UUID does",
               .field = "Idempotency-Key"};
}

bool is_cacheable(const http::Response& response) {
  return std::ranges::any_of(response.headers,
                             [](const auto& header) { return header.first == "Cache-Control"; });
}

bool has_body_media(const Route& route, const RequestHead& head) {
  return route.body.media == Body::json_or_ndjson && parse_media(head.content_type) == Media::ndjson;
}

}  // namespace

struct Pipeline::Call {
  http::Request& request;
  RequestHead head;
  std::string request_id;
  TimePoint now;
  std::chrono::steady_clock::time_point started;
  http::Router::Match match;
  const Route* route = nullptr;  // null: unrouted
  std::shared_ptr<const identity::Principal> principal = nullptr;
  std::string address_key = {};  // without a principal, once it was counted
  std::optional<limits::Verdict> verdict = std::nullopt;
  http::QueryParameters query = {};

  [[nodiscard]] Caller caller() const { return {.principal = principal.get(), .address_key = address_key}; }
  [[nodiscard]] bool is_public() const {
    return route != nullptr && route->demand.permission() == identity::Permission::none;
  }
  [[nodiscard]] std::string_view path_template() const {
    return route == nullptr ? "unmatched" : route->path;
  }
};

namespace {

Result<void> read_query(const http::Request& request, http::QueryParameters& query) {
  if (request.query.empty()) return {};
  auto parsed = http::parse_query(request.query);
  if (!parsed) return std::unexpected(query_unreadable());
  query = *std::move(parsed);
  for (const auto& [name, value] : query) {
    if (name == "api_key") return std::unexpected(credentials_in_query());
  }
  return {};
}

Result<void> permit(const std::shared_ptr<const identity::Principal>& principal,
                    identity::Permission permission) {
  if (permission == identity::Permission::none) return {};
  if (!principal) return std::unexpected(credentials_missing());
  return identity::require(*principal, permission);
}

Result<std::optional<service::Idempotency>> read_idempotency(const http::Request& request,
                                                             const RequestHead& head, const Route& route) {
  std::optional<service::Idempotency> idempotency;
  if (request.method != http::Method::post || head.idempotency_key_count == 0) return idempotency;
  if (head.idempotency_key_count > 1 || !is_idempotency_key(head.idempotency_key)) {
    return std::unexpected(idempotency_key_invalid());
  }
  idempotency.emplace(service::Idempotency{.route = fmt::format("POST {}", route.path),
                                           .key = std::string(head.idempotency_key),
                                           .body_hash = crypto::sha256(request.body)});
  return idempotency;
}

// What no route answers: an unknown path, another method, and OPTIONS.
http::Response answer_unrouted(const http::Request& request, const http::Router::Match& match,
                               std::string_view request_id) {
  if (match.outcome == Outcome::path_unknown) return problem(path_unknown(request.path), request_id);
  auto allowed = allow_header(match.allowed);
  http::Response response{.status = 204, .content_type = ""};
  if (request.method != http::Method::options) {
    response = problem(405, method_not_allowed(request.method_text, allowed), request_id);
  }
  response.set("Allow", std::move(allowed));
  return response;
}

}  // namespace

Pipeline::Pipeline(const PipelineParts& parts, const Services& services)
    : parts_(parts), services_(services), meter_(parts.metrics, parts.routes.routes().size()) {
  if (parts.shared_buckets == nullptr) return;
  counted_alone_ = parts.metrics.counter(
      "xzepr_rate_limit_alone_total", "Requests that this node counted alone, though the limits are shared.");
}

Pipeline::~Pipeline() = default;

Task<http::Response> Pipeline::handle(http::Request& request) {
  const auto now = services_.clock.now();
  Call call{.request = request,
            .head = read_head(request),
            .request_id = {},
            .now = now,
            .started = std::chrono::steady_clock::now(),
            .match = parts_.routes.match(request.method, request.path)};
  call.request_id = is_request_id(call.head.request_id) ? std::string(call.head.request_id)
                                                        : to_string(parts_.ids.next(now));
  if (call.match.outcome == Outcome::found) call.route = &parts_.routes.at(call.match.route);

  http::Response response;
  try {
    if (auto at_once = answer_at_once(call)) {
      response = *std::move(at_once);
    } else {
      auto served = co_await serve(call);
      response = served ? *std::move(served) : refuse(call, served.error());
    }
  } catch (const std::exception& what) {
    if (is_cancellation(what)) throw;
    response = fault(call, what);
  }
  finish(call, response);
  co_return response;
}

// Probes come often and ask for nothing that the steps of serve() could refuse.
std::optional<http::Response> Pipeline::answer_at_once(const Call& call) const {
  if (!call.is_public() || call.route->action.quick() == nullptr || call.route->limit == Limit::counted ||
      !call.request.query.empty() || call.head.credential_count != 0) {
    return std::nullopt;
  }
  const Exchange exchange{
      .request = call.request,
      .route = *call.route,
      .path = call.match.parameters,
      .query = call.query,
      .context = {.principal = nullptr, .deadline = call.request.deadline, .now = call.now, .request_id = {}},
      .idempotency = std::nullopt};
  auto answered = call.route->action.quick()(exchange, services_);
  return answered ? *std::move(answered) : problem(answered.error(), call.request_id);
}

Task<Result<http::Response>> Pipeline::serve(Call& call) {
  const auto& request = call.request;
  // A browser that asks beforehand has no credential to show, and costs nothing that would have to be
  // counted.
  if (parts_.cors.is_preflight(request, call.head)) co_return parts_.cors.preflight(call.head);
  // Identity first: everything below depends on who calls. Two credentials are none (B30).
  Result<std::shared_ptr<const identity::Principal>> known = nullptr;
  const auto sent = find_credential(call);
  if (!sent) {
    known = std::unexpected(sent.error());
  } else if (sent->kind != CredentialKind::none && !call.is_public()) {
    auto authenticated = co_await authenticate(*sent, call);
    known = std::move(authenticated);
  } else if (!may_be_genuine(*sent, call.now)) {
    // A public route asks no store, but a credential that cannot be one is refused there too (A21, A22).
    known = std::unexpected(credentials_invalid());
  }
  // Then the count, also of those who failed above: guessing keys is limited by address.
  if (known) call.principal = *known;
  auto counted = count(call, known.has_value());
  // Who is over the limit here is over it everywhere; whether others have counted more is asked next.
  if (counted && call.verdict && parts_.shared_buckets != nullptr) counted = co_await count_together(call);
  if (!counted) co_return std::unexpected(std::move(counted).error());
  if (!known) co_return std::unexpected(std::move(known).error());
  // What the browser adds by itself proves nothing of the page that asks (G03).
  if (sent->kind == CredentialKind::cookie && (!is_safe(request.method) || http::wants_web_socket(request))) {
    if (const auto own = check_origin(call); !own) co_return std::unexpected(own.error());
  }
  // A key in the URL is refused before anything works with it (B27).
  if (const auto read = read_query(request, call.query); !read) co_return std::unexpected(read.error());
  if (call.route == nullptr) co_return answer_unrouted(request, call.match, call.request_id);
  const auto& route = *call.route;
  // Rights before the input, so that a stranger learns nothing from what we say of it.
  if (const auto may = permit(call.principal, route.demand.permission()); !may)
    co_return std::unexpected(may.error());
  if (const auto checked = check_query(call.query, route); !checked)
    co_return std::unexpected(checked.error());
  const Content content{
      .type = call.head.content_type, .encoding = call.head.content_encoding, .has_body = request.has_body()};
  if (const auto refused = refuse_content(content, route.body.media))
    co_return problem(415, *refused, call.request_id);
  auto idempotency = read_idempotency(request, call.head, route);
  if (!idempotency) co_return std::unexpected(std::move(idempotency).error());

  Exchange exchange{.request = request,
                    .route = route,
                    .path = call.match.parameters,
                    .query = call.query,
                    .context = {.principal = call.principal,
                                .deadline = request.deadline,
                                .now = call.now,
                                .request_id = call.request_id,
                                .address = address_of(call)},
                    .idempotency = *std::move(idempotency),
                    .is_ndjson = has_body_media(route, call.head)};
  if (const auto quick = route.action.quick()) co_return quick(exchange, services_);
  co_return co_await route.action.handler()(exchange, services_);
}

// A header is meant; a cookie comes along with everything and counts only when there is no other.
Result<SentCredential> Pipeline::find_credential(const Call& call) const {
  auto sent = read_credential(call.head);
  if (sent && call.route != nullptr && call.route->takes_ticket) {
    const auto ticket = read_ticket(call.request.query, call.head);
    if (!ticket) return std::unexpected(ticket.error());
    // A browser's cookie comes along with a ticket, too; the ticket is what its page means.
    if (!ticket->empty()) sent = {.kind = CredentialKind::ticket, .text = *ticket};
  }
  if (!sent || sent->kind != CredentialKind::none) return sent;
  const auto secret = services_.cookies.secret(call.head.cookies);
  if (!secret.empty() && !call.is_public()) sent = {.kind = CredentialKind::cookie, .text = secret};
  return sent;
}

Result<void> Pipeline::check_origin(const Call& call) const {
  if (auto same = check_same_origin(call.request, call.head); !same) return same;
  // A page cannot give a WebSocket a header, and no browser leaves out the page's origin (G15).
  if (is_safe(call.request.method)) return check_origin_given(call.request, call.head);
  if (services_.browsers.is_csrf_token(*call.principal, call.head.csrf_token)) return {};
  return std::unexpected(csrf_token_refused());
}

Task<Result<std::shared_ptr<const identity::Principal>>> Pipeline::authenticate(SentCredential sent,
                                                                                const Call& call) {
  if (sent.kind == CredentialKind::cookie)
    return services_.browsers.authenticate(sent.text, call.now, call.request.deadline);
  if (sent.kind == CredentialKind::ticket)
    return services_.tickets.authenticate(sent.text, call.now, call.request.deadline);
  if (sent.kind == CredentialKind::token)
    return services_.sessions.authenticate(sent.text, call.now, call.request.deadline);
  return services_.identity.authenticate(sent.text, call.now, call.request.deadline);
}

bool Pipeline::may_be_genuine(SentCredential sent, TimePoint now) const {
  switch (sent.kind) {
    case CredentialKind::none:
    case CredentialKind::cookie: return true;
    case CredentialKind::ticket: return service::StreamTickets::may_be_genuine(sent.text);
    case CredentialKind::api_key: return identity::parse_api_key(sent.text).has_value();
    case CredentialKind::token: return services_.sessions.may_be_genuine(sent.text, now);
  }
  std::unreachable();
}

std::string Pipeline::address_of(const Call& call) const {
  if (!call.route->is_audited) return {};
  return to_string(client_address(call.request, parts_.proxies));
}

Result<void> Pipeline::count(Call& call, bool is_known) {
  const bool is_exempt = call.route != nullptr && call.route->limit == Limit::exempt;
  if (!parts_.limiter.is_enabled() || (is_exempt && is_known)) return {};
  if (!call.principal) call.address_key = limiter_key(client_address(call.request, parts_.proxies));
  call.verdict = parts_.limiter.take(call.caller(), call.request.method, call.request.path, call.started);
  if (!call.verdict || call.verdict->is_admitted) return {};
  return std::unexpected(rate_limited(*call.verdict));
}

// Without an answer what this node counted holds: a limit is no reason to refuse everybody.
Task<Result<void>> Pipeline::count_together(Call& call) {
  const auto& request = call.request;
  std::optional<std::array<limits::Taken, 2>> taken;
  if (parts_.shared_buckets->is_up()) {
    taken = co_await parts_.shared_buckets->take(
        parts_.limiter.shared_demands(call.caller(), request.method, request.path));
  }
  if (!taken) {
    counted_alone_->add();
    co_return Result<void>{};
  }
  call.verdict = parts_.limiter.settle(call.caller(), request.method, request.path, *taken,
                                       std::chrono::steady_clock::now());
  if (!call.verdict->is_admitted) co_return std::unexpected(rate_limited(*call.verdict));
  co_return Result<void>{};
}

http::Response Pipeline::refuse(const Call& call, const Error& error) {
  const auto tell = [&](telemetry::Level level, std::string_view message) {
    parts_.log.write(level, log_target, message,
                     {{"code", error.code},
                      {"method", call.request.method_text},
                      {"route", call.path_template()},
                      {"field", std::string_view(error.field)},
                      {"request_id", std::string_view(call.request_id)}});
  };
  if (error.kind == Errc::rate_limited) {
    tell(telemetry::Level::warn, "rate limit exceeded");
    // Those that came as far as the service noted themselves.
    const bool is_ours = call.verdict && !call.verdict->is_admitted;
    if (is_ours && call.route != nullptr && call.route->is_login)
      services_.sessions.note_limited(address_of(call), call.now);
  }
  if (error.kind == Errc::invalid || error.kind == Errc::too_large)
    tell(telemetry::Level::warn, "validation failed");
  if (error.kind == Errc::unauthenticated && call.head.credential_count != 0) {
    tell(telemetry::Level::error, "authentication failed");
  }
  return problem(error, call.request_id);
}

http::Response Pipeline::fault(const Call& call, const std::exception& what) {
  parts_.log.error(log_target, "request failed",
                   {{"error", std::string_view(what.what())},
                    {"method", call.request.method_text},
                    {"route", call.path_template()},
                    {"request_id", std::string_view(call.request_id)}});
  const auto* known = dynamic_cast<const Fault*>(&what);
  return problem(known != nullptr ? error_of(known->kind(), call.request.deadline) : internal_error(),
                 call.request_id);
}

void Pipeline::finish(const Call& call, http::Response& response) {
  response.header_block = headers_for(is_cacheable(response), parts_.is_https);
  response.headers.reserve(response.headers.size() + 6);  // all that may come below
  response.set("X-Request-Id", call.request_id);
  if (is_traceparent(call.head.traceparent)) response.set("traceparent", std::string(call.head.traceparent));
  if (call.verdict) add_rate_limit_headers(response, *call.verdict);
  parts_.cors.decorate(call.head, response);
  const auto took = std::chrono::steady_clock::now() - call.started;
  meter_.count({.route = call.route == nullptr ? parts_.routes.routes().size() : call.match.route,
                .method = method_name(call.route == nullptr ? call.request.method : call.route->method),
                .path = call.path_template(),
                .status = response.status,
                .duration = took});
  log_request(call, response, took);
}

void Pipeline::log_request(const Call& call, const http::Response& response,
                           std::chrono::steady_clock::duration took) {
  // Probes and scrapes come every few seconds for ever, and say nothing when they succeed.
  const bool is_probe = call.route != nullptr && call.route->limit == Limit::exempt && response.status < 400;
  const auto level = is_probe ? telemetry::Level::debug : telemetry::Level::info;
  if (!parts_.log.is_enabled(level)) return;
  const auto user_id = call.principal ? to_string(call.principal->user_id) : std::string();
  const auto trace_id =
      is_traceparent(call.head.traceparent) ? call.head.traceparent.substr(3, 32) : std::string_view{};
  parts_.log.write(level, log_target, "request",
                   {{"method", method_name(call.request.method)},
                    {"route", call.path_template()},
                    {"status", static_cast<std::int64_t>(response.status)},
                    {"duration_ms", std::chrono::duration<double, std::milli>(took).count()},
                    {"request_id", std::string_view(call.request_id)},
                    {"user_id", std::string_view(user_id)},
                    {"trace_id", trace_id}});
}

http::BodyRule Pipeline::body_rule(http::Method method, std::string_view target) const {
  return parts_.routes.body_rule(method, target);
}

http::Response Pipeline::protocol_error(int status, std::string_view code, std::string_view detail) const {
  const auto kind = status == 503 ? Errc::unavailable : Errc::invalid;
  const Error error{.kind = kind, .code = code, .detail = std::string(detail)};
  const auto request_id = to_string(parts_.ids.next(services_.clock.now()));
  auto response = problem(status, error, request_id);
  response.header_block = headers_for(false, parts_.is_https);
  response.set("X-Request-Id", request_id);
  return response;
}

}  // namespace xzepr::api
