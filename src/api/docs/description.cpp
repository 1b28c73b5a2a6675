#include "api/docs/description.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "http/message.hpp"

namespace xzepr::api::docs {
namespace {

using Codes = std::map<int, std::vector<std::string_view>>;

void add(Codes& codes, std::string_view code, int status = 0) {
  const auto row = find_code(code);
  auto& of_status = codes[status == 0 ? row->status : status];
  if (std::ranges::find(of_status, code) == of_status.end()) of_status.push_back(code);
}

// In the order of the pipeline: framing, identity, limits, query, rights, content, then the store.
void add_common(Codes& codes, const Route& route) {
  for (const std::string_view code :
       {"http_malformed", "path_malformed", "request_timeout", "uri_too_long", "headers_too_large",
        "expectation_failed", "misdirected_request", "transfer_coding_unknown", "http_version_unsupported",
        "credentials_ambiguous", "credentials_invalid", "rate_limited", "credentials_in_query",
        "query_invalid", "content_encoding_unsupported", "internal", "unavailable", "storage_full",
        "deadline_exceeded"})
    add(codes, code);
  const auto permission = route.demand.permission();
  if (permission != identity::Permission::none) add(codes, "credentials_missing");
  if (permission > identity::Permission::authenticated) add(codes, "permission_denied");
  // A value with an encoded slash is another path.
  if (!route.segments.empty()) {
    add(codes, "path_unknown");
    add(codes, "method_not_allowed");
  }
  if (route.method == http::Method::post) add(codes, "idempotency_key_invalid");
  if (route.body.media == Body::none) return;
  for (const std::string_view code :
       {"json_invalid", "request_invalid", "body_too_large", "content_type_unsupported"})
    add(codes, code);
}

// Answered in the same way whatever the route: told once.
constexpr auto shared_statuses =
    std::to_array({401, 405, 408, 414, 415, 417, 421, 429, 431, 500, 501, 503, 504, 505});

bool is_shared(int status) { return std::ranges::find(shared_statuses, status) != shared_statuses.end(); }

std::vector<Refused> sorted(Codes codes) {
  std::vector<Refused> all;
  for (auto& [status, of_status] : codes) {
    std::ranges::sort(of_status);
    all.push_back({.status = status, .codes = std::move(of_status), .is_shared = is_shared(status)});
  }
  return all;
}

constexpr auto chapters = std::to_array<Tag>({
    {"events", "Events", "What happened to artifacts. Events are posted once and never change."},
    {"receivers", "Receivers", "Kinds of events, each with the JSON Schema of its payload."},
    {"groups", "Groups", "Gates: a group of receivers opens for an artifact when all of them have passed."},
    {"artifacts", "Artifacts", "What events are about, and everything that happened to one in order."},
    {"api-keys", "API keys", "Credentials of people and pipelines."},
    {"stream", "Streams", "Every change as it comes, from any position: CloudEvents."},
    {"apply", "Gates as code", "Receivers and groups from files, all or nothing."},
    {"auth", "Identity", "Logins, sessions, and who is calling."},
    {"users", "Users", "Accounts of people and pipelines."},
    {"roles", "Users", ""},
    {"audit", "Audit", "Who did what to accounts and credentials."},
    {"health", "Health", "Whether the server is in order: for load balancers and people on call."},
    {"metrics", "Metrics", "Numbers for Prometheus."},
    {"openapi.json", "Documentation", "What you are reading, for people and for programs."},
    {"docs", "Documentation", ""},
    {"", "Documentation", ""},
});

}  // namespace

std::vector<Refused> refusals_of(const Route& route) {
  Codes codes;
  add_common(codes, route);
  for (const auto& refusal : route.refusals.all()) add(codes, refusal.code, refusal.status);
  return sorted(std::move(codes));
}

std::vector<Refused> shared_refusals() {
  Codes codes;
  for (const auto& row : error_codes) {
    if (is_shared(row.status)) add(codes, row.code);
  }
  return sorted(std::move(codes));
}

std::string response_name(int status) {
  std::string name;
  for (const char c : http::reason_phrase(status)) {
    if (c != ' ' && c != '-') name += c;
  }
  return name;
}

std::span<const Tag> tags() { return chapters; }

const Tag* tag_of(std::string_view path) {
  constexpr std::string_view prefix = "/api/v1";
  if (path.starts_with(prefix)) path.remove_prefix(prefix.size());
  if (path.starts_with('/')) path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  const auto found = std::ranges::find(chapters, segment, &Tag::segment);
  return found == chapters.end() ? nullptr : &*found;
}

}  // namespace xzepr::api::docs
