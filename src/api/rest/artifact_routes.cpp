#include <array>

#include "api/query_reader.hpp"
#include "api/rest/page.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_event.hpp"
#include "api/rest/render_gate.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array artifact_segments = {path::artifact};
constexpr std::array artifact_list_query = {
    query::artifact, query::name,  query::version, query::release, query::platform_id,
    query::package,  query::words, query::limit,   query::after,   query::count};
constexpr std::array timeline_query = {query::limit, query::after};

bool is_empty(const domain::ArtifactPattern& pattern) {
  return !pattern.name && !pattern.version && !pattern.release && !pattern.platform_id && !pattern.package;
}

Result<domain::ArtifactPattern> read_pattern(QueryReader& reader) {
  domain::ArtifactPattern fields{.id = std::nullopt,
                                 .name = reader.text(query::name),
                                 .version = reader.text(query::version),
                                 .release = reader.text(query::release),
                                 .platform_id = reader.text(query::platform_id),
                                 .package = reader.text(query::package)};
  const auto text = reader.text(query::artifact);
  if (!text) return fields;
  if (!is_empty(fields) || reader.text(query::words))
    reader.add("artifact", "exclusive",
               "cannot stand beside name, version, release, platform_id, package or q");
  return domain::parse_artifact_pattern(*text);
}

// The filter was an id: a list of one.
Task<Result<http::Response>> list_one(Exchange& exchange, const Services& services,
                                      service::PageRequest request) {
  std::string id(exchange.parameter("artifact"));
  auto artifact = co_await services.artifacts.get(exchange.context, std::move(id));
  if (!artifact && artifact.error().kind != Errc::not_found)
    co_return std::unexpected(std::move(artifact).error());
  service::Page<store::ArtifactListing> page{
      .items = {}, .next = std::nullopt, .limit = request.limit, .total = std::nullopt};
  if (artifact) page.items.push_back(*std::move(artifact));
  if (request.wants_total) page.total = page.items.size();
  co_return page_reply(exchange, page, append_artifact);
}

Task<Result<http::Response>> list_artifacts(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  auto pattern = read_pattern(reader);
  service::ArtifactFilter filter;
  filter.q = reader.text(query::words);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  if (!pattern) co_return std::unexpected(std::move(pattern).error());
  if (pattern->id) co_return co_await list_one(exchange, services, std::move(request));
  filter.pattern = *std::move(pattern);
  const auto page = co_await services.artifacts.list(exchange.context, std::move(filter), std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_artifact);
}

Task<Result<http::Response>> get_artifact(Exchange& exchange, const Services& services) {
  auto reference = reference_of(exchange);
  const auto artifact = co_await services.artifacts.get(exchange.context, std::move(reference));
  if (!artifact) co_return std::unexpected(artifact.error());
  http::Response response;
  append_artifact(response.body, *artifact);
  co_return response;
}

// In memory, and only of what the caller may see: the rest keeps its bare id.
Task<TimelineNames> find_names(const Exchange& exchange, const Services& services,
                               const std::vector<store::TimelineEntry>& entries) {
  TimelineNames names;
  for (const auto& entry : entries) {
    if (entry.row.receiver_id && !names.receivers.contains(*entry.row.receiver_id)) {
      auto id = to_string(*entry.row.receiver_id);
      const auto receiver = co_await services.receivers.get(exchange.context, std::move(id));
      if (receiver) names.receivers.emplace(*entry.row.receiver_id, receiver->name);
    }
    if (entry.row.group_id && !names.groups.contains(*entry.row.group_id)) {
      auto id = to_string(*entry.row.group_id);
      const auto group = co_await services.groups.get(exchange.context, std::move(id));
      if (group) names.groups.emplace(*entry.row.group_id, group->name);
    }
  }
  co_return names;
}

Task<Result<http::Response>> get_timeline(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  auto reference = reference_of(exchange);
  const auto page =
      co_await services.artifacts.timeline(exchange.context, std::move(reference), std::move(request));
  if (!page) co_return std::unexpected(page.error());
  const auto names = co_await find_names(exchange, services, page->items);
  co_return page_reply(exchange, *page, [&names](std::string& out, const store::TimelineEntry& entry) {
    append_timeline_entry(out, entry, names);
  });
}

constexpr auto artifact_route_table = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/api/v1/artifacts",
     .demand = identity::Permission::event_read,
     .action = list_artifacts,
     .operation = "listArtifacts",
     .summary = "Search artifacts",
     .answers = page_of("ArtifactPage"),
     .refusals = {"artifact_invalid", "request_invalid", "cursor_invalid"},
     .query = artifact_list_query},
    {.method = http::Method::get,
     .path = "/api/v1/artifacts/{artifact_id}",
     .demand = identity::Permission::event_read,
     .action = get_artifact,
     .operation = "getArtifact",
     .summary = "One artifact",
     .answers = ok("Artifact"),
     .refusals = {"artifact_invalid", "request_invalid", "artifact_unknown", "artifact_ambiguous"},
     .segments = artifact_segments},
    {.method = http::Method::get,
     .path = "/api/v1/artifacts/{artifact_id}/timeline",
     .demand = identity::Permission::event_read,
     .action = get_timeline,
     .operation = "getTimeline",
     .summary = "Every event of an artifact in order of arrival, gates as milestones",
     .answers = page_of("TimelinePage"),
     .refusals = {"artifact_invalid", "request_invalid", "cursor_invalid", "artifact_unknown",
                  "artifact_ambiguous"},
     .segments = artifact_segments,
     .query = timeline_query},
});

}  // namespace

std::span<const Route> artifact_routes() { return artifact_route_table; }

}  // namespace xzepr::api::rest
