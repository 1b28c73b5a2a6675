#include <array>

#include "api/rest/apply_parse.hpp"
#include "api/rest/object_text.hpp"
#include "api/rest/render_apply.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"
#include "json/parse.hpp"

namespace xzepr::api::rest {
namespace {

// A document may be as deep as the body of its own route; it stands in a list in an object.
constexpr json::ParseLimits set_limits{.depth_max = limits::json_depth_max + 2};

http::Response render(const service::Applied& applied, service::ApplyMode mode) {
  http::Response response;
  ObjectText object(response.body);
  object.flag("dry_run", mode == service::ApplyMode::dry_run);
  object.key("data");
  append_array(response.body, applied.objects, [mode](std::string& out, const service::AppliedObject& one) {
    append_applied(out, one, mode);
  });
  object.close();
  if (applied.is_replayed) mark_replayed(response);
  return response;
}

Task<Result<http::Response>> post_apply(Exchange& exchange, const Services& services) {
  auto body = read_json(exchange, set_limits);
  if (!body) co_return std::unexpected(std::move(body).error());
  auto request = parse_apply(*std::move(body));
  if (!request) co_return std::unexpected(std::move(request).error());
  const auto mode = request->mode;
  const auto applied =
      co_await services.apply.apply(exchange.context, *std::move(request), std::move(exchange.idempotency));
  if (!applied) co_return std::unexpected(applied.error());
  co_return render(*applied, mode);
}

constexpr auto apply_route_table = std::to_array<Route>({
    {.method = http::Method::post,
     .path = "/api/v1/apply",
     .demand = identity::Permission::authenticated,
     .action = post_apply,
     .operation = "apply",
     .summary = "Make a set of receivers and groups what its documents say, all or nothing",
     .answers = {{200, "What became of each object.", "Applied", Carries::replayed}},
     .refusals = {"schema_invalid",
                  {"receiver_unknown", 400},
                  "user_unknown",
                  "field_fixed",
                  "group_limit",
                  "group_too_large",
                  "groups_too_many",
                  "receivers_too_many",
                  "permission_denied",
                  "not_owner",
                  "receiver_in_use",
                  "documents_too_many",
                  "idempotency_mismatch"},
     .body = json_body("ApplyRequest"),
     .body_bytes_max = limits::batch_body_bytes_max,
     .reads = Reads::idempotency_key},
});

}  // namespace

std::span<const Route> apply_routes() { return apply_route_table; }

}  // namespace xzepr::api::rest
