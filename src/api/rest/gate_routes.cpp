#include <array>

#include "api/query_reader.hpp"
#include "api/rest/page.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_gate.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array gate_segments = {path::group};
constexpr std::array status_query = {query::artifact,    query::name,    query::version, query::release,
                                     query::platform_id, query::package, query::wait};
constexpr std::array artifacts_query = {query::state, query::limit, query::after, query::count};

bool has_field(const domain::ArtifactPattern& pattern) {
  return pattern.name || pattern.version || pattern.release || pattern.platform_id || pattern.package;
}

// Either the one text, or the five fields.
Result<domain::ArtifactPattern> read_artifact(QueryReader& reader) {
  domain::ArtifactPattern fields{.id = std::nullopt,
                                 .name = reader.text(query::name),
                                 .version = reader.text(query::version),
                                 .release = reader.text(query::release),
                                 .platform_id = reader.text(query::platform_id),
                                 .package = reader.text(query::package)};
  const auto text = reader.text(query::artifact);
  if (text && has_field(fields))
    reader.add("artifact", "exclusive", "cannot stand beside name, version, release, platform_id or package");
  if (!text && !fields.name)
    reader.add("artifact", "required",
               "is required: name@version[+release][/platform_id][/package], or its id");
  if (auto refused = reader.finish()) return std::unexpected(*std::move(refused));
  if (text) return domain::parse_artifact_pattern(*text);
  return fields;
}

Task<Result<http::Response>> get_status(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  const auto wait = reader.seconds(query::wait);
  auto artifact = read_artifact(reader);
  if (!artifact) co_return std::unexpected(std::move(artifact).error());
  std::string group(exchange.path[0]);
  const auto status = co_await services.gates.wait(exchange.context, std::move(group), *std::move(artifact),
                                                   wait.value_or(std::chrono::milliseconds{0}));
  if (!status) co_return std::unexpected(status.error());
  http::Response response;
  append_status(response.body, *status);
  co_return response;
}

std::optional<domain::GateState> read_state(QueryReader& reader) {
  const auto text = reader.choice(query::state);
  return text ? domain::parse_gate_state(*text) : std::nullopt;
}

Task<Result<http::Response>> list_artifacts(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  const auto state = read_state(reader);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  std::string group(exchange.path[0]);
  const auto page =
      co_await services.gates.artifacts(exchange.context, std::move(group), state, std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_gate_artifact);
}

constexpr auto gate_route_table = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/api/v1/groups/{id}/status",
     .demand = identity::Permission::group_read,
     .action = get_status,
     .operation = "getGateStatus",
     .summary =
         "Is the gate open for an artifact, and why not; wait= holds the answer until it opens or fails",
     .answers = ok("GateStatus"),
     .refusals = {"artifact_invalid", "request_invalid", "group_unknown", "artifact_unknown",
                  "artifact_ambiguous"},
     .segments = gate_segments,
     .query = status_query},
    {.method = http::Method::get,
     .path = "/api/v1/groups/{id}/artifacts",
     .demand = identity::Permission::group_read,
     .action = list_artifacts,
     .operation = "listGateArtifacts",
     .summary = "Artifacts by the gate's state, stuck ones first",
     .answers = page_of("GateArtifactPage"),
     .refusals = {"cursor_invalid", "group_unknown"},
     .segments = gate_segments,
     .query = artifacts_query},
});

}  // namespace

std::span<const Route> gate_routes() { return gate_route_table; }

}  // namespace xzepr::api::rest
