#include "service/webhook_service.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "domain/webhook_secret.hpp"
#include "json/object_reader.hpp"
#include "service/catalogue_change.hpp"
#include "service/refusals.hpp"
#include "service/webhook_lookup.hpp"

namespace xzepr::service {
namespace {

using domain::Webhook;
using identity::AuditAction;

Result<void> require_webhooks(const identity::Principal& caller) {
  return identity::require(caller, identity::Permission::sink_manage);
}

// Scheme, host and port: what follows may hold a token.
std::string place_of_url(std::string_view url) {
  const auto host = url.find("://") + 3;
  return std::string(url.substr(0, url.find_first_of("/?", host)));
}

Error too_many_webhooks() {
  return conflict("webhooks_too_many",
                  fmt::format("there are {} webhooks, which is the most", limits::webhooks_max),
                  "delete one that nobody needs: xzepr webhook list");
}

}  // namespace

WebhookService::WebhookService(store::WebhookStore& webhooks, store::IdentityStore& identities,
                               store::CatalogueStore& catalogue_store, Catalogue& catalogue,
                               const CursorCodec& cursors, const WebhookSettings& settings, IdSource& ids,
                               telemetry::Log& log)
    : webhooks_(webhooks),
      identities_(identities),
      catalogue_store_(catalogue_store),
      catalogue_(catalogue),
      cursors_(cursors),
      settings_(settings),
      ids_(ids),
      audit_(ids, log) {}

domain::WebhookSecrets WebhookService::secrets_of(const Webhook& webhook) const {
  auto secrets = domain::unseal_secrets(settings_.key, webhook.id, webhook.sealed);
  return secrets ? *std::move(secrets) : domain::WebhookSecrets{};
}

WebhookView WebhookService::view_of(Webhook webhook) const {
  const auto secrets = secrets_of(webhook);
  WebhookView view{
      .webhook = std::move(webhook), .header_names = {}, .old_secret_until = secrets.old_secret_until};
  for (const auto& [name, value] : secrets.headers) view.header_names.push_back(name);
  return view;
}

Task<Result<domain::MessageFilter>> WebhookService::filter_of(const Context& context,
                                                              WebhookRequest& request) {
  co_await catalogue_.refresh(catalogue_store_, context.deadline);
  const Snapshot snapshot = catalogue_.snapshot();
  std::vector<Violation> faults;
  auto filter = check_filter(request.filter, *context.principal, *snapshot->catalogue, "/filter", faults);
  auto checked = check_webhook(std::move(request), settings_.rules, std::move(faults));
  if (!checked) co_return std::unexpected(std::move(checked).error());
  request = *std::move(checked);
  co_return filter;
}

Task<Result<WebhookSecret>> WebhookService::create(const Context& context, WebhookRequest request) {
  if (auto allowed = require_webhooks(*context.principal); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  auto filter = co_await filter_of(context, request);
  if (!filter) co_return std::unexpected(std::move(filter).error());
  domain::WebhookSecrets secrets{.secret = domain::make_webhook_secret()};
  if (request.headers) secrets.headers = *std::move(request.headers);
  Webhook webhook{.id = domain::WebhookId{ids_.next(context.now)},
                  .name = request.name,
                  .url = request.url,
                  .description = request.description,
                  .filter = *std::move(filter),
                  .from_position = -1,
                  .owner = domain::subject_of(context.principal->user_id),
                  .resource_version = 1,
                  .created_at = context.now,
                  .updated_at = context.now};
  webhook.sealed = domain::seal_secrets(settings_.key, webhook.id, secrets);
  const auto entry = audit_.entry(
      context,
      {.action = AuditAction::webhook_created, .target = webhook.name, .detail = place_of_url(webhook.url)});
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    const std::int64_t revision = co_await catalogue_store_.revision(context.deadline);
    auto caller = co_await caller_at(context, revision, &identities_);
    if (!caller) co_return std::unexpected(std::move(caller).error());
    if (auto allowed = require_webhooks(**caller); !allowed)
      co_return std::unexpected(std::move(allowed).error());
    const auto count = co_await webhooks_.count_webhooks(context.deadline);
    if (count >= limits::webhooks_max) co_return std::unexpected(too_many_webhooks());
    std::vector<store::CatalogueWrite> writes;
    writes.emplace_back(store::PutWebhook{webhook});
    writes.emplace_back(store::PutAudit{entry});
    auto applied =
        co_await try_apply(catalogue_, catalogue_store_, revision, std::move(writes), context.deadline);
    if (!applied) co_return std::unexpected(std::move(applied).error());
    if (!*applied) continue;
    audit_.tell(entry);
    auto stored = co_await webhooks_.find_webhook(webhook.id, context.deadline);
    if (stored) webhook = *std::move(stored);  // with the position that it was given
    co_return WebhookSecret{.view = view_of(std::move(webhook)), .secret = secrets.secret};
  }
  co_return std::unexpected(catalogue_too_busy());
}

Task<Result<WebhookView>> WebhookService::get(const Context& context, std::string reference) {
  if (auto allowed = require_webhooks(*context.principal); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  auto found = co_await find_webhook(webhooks_, std::move(reference), context.deadline);
  if (!found) co_return std::unexpected(std::move(found).error());
  co_return view_of(*std::move(found));
}

Task<Result<Page<WebhookView>>> WebhookService::list(const Context& context, PageRequest page) {
  if (auto allowed = require_webhooks(*context.principal); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  const QueryText text("webhooks", context.principal->user_id);
  auto after = id_position_of<domain::WebhookId>(page, cursors_, text);
  if (!after) co_return std::unexpected(std::move(after).error());
  auto rows = co_await webhooks_.list_webhooks(*after, page.limit + 1, context.deadline);
  std::vector<WebhookView> views;
  for (auto& row : rows) views.push_back(view_of(std::move(row)));
  auto out = cut_page(std::move(views), page, cursors_, text,
                      [](const WebhookView& view) { return to_string(view.webhook.id); });
  if (page.wants_total) out.total = co_await webhooks_.count_webhooks(context.deadline);
  co_return out;
}

Task<Result<Webhook>> WebhookService::changeable(const identity::Principal& caller, std::string reference,
                                                 const IfMatch& if_match, Deadline deadline) {
  if (auto allowed = require_webhooks(caller); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  auto present = co_await find_webhook(webhooks_, std::move(reference), deadline);
  if (!present) co_return present;
  if (!identity::may_change(caller, present->owner))
    co_return std::unexpected(not_owner("webhook", present->name));
  if (!admits(if_match, present->resource_version))
    co_return std::unexpected(precondition_failed("webhook", present->resource_version));
  co_return present;
}

Task<Result<Webhook>> WebhookService::change(const Context& context, std::string reference, IfMatch if_match,
                                             Audited audited, Change change) {
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    const std::int64_t revision = co_await catalogue_store_.revision(context.deadline);
    auto caller = co_await caller_at(context, revision, &identities_);
    if (!caller) co_return std::unexpected(std::move(caller).error());
    auto present = co_await changeable(**caller, reference, if_match, context.deadline);
    if (!present) co_return std::unexpected(std::move(present).error());
    auto changed = change(*present);
    if (!changed) co_return std::unexpected(std::move(changed).error());
    if (*changed == *present) co_return *std::move(present);
    auto entry =
        audit_.entry(context, {.action = audited.action, .target = present->name, .detail = audited.detail});
    std::vector<store::CatalogueWrite> writes;
    if (*changed) {
      (*changed)->resource_version = present->resource_version + 1;
      (*changed)->updated_at = context.now;
      writes.emplace_back(store::PutWebhook{**changed});
    } else {
      writes.emplace_back(store::DeleteWebhook{.id = present->id, .at = context.now});
    }
    writes.emplace_back(store::PutAudit{entry});
    auto applied =
        co_await try_apply(catalogue_, catalogue_store_, revision, std::move(writes), context.deadline);
    if (!applied) co_return std::unexpected(std::move(applied).error());
    if (!*applied) continue;
    audit_.tell(entry);
    co_return *changed ? **std::move(changed) : *std::move(present);
  }
  co_return std::unexpected(catalogue_too_busy());
}

Task<Result<std::int64_t>> WebhookService::update(const Context& context, std::string reference,
                                                  WebhookRequest request, IfMatch if_match) {
  if (auto allowed = require_webhooks(*context.principal); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  auto filter = co_await filter_of(context, request);
  if (!filter) co_return std::unexpected(std::move(filter).error());
  Change apply = [this, &request, &filter](Webhook present) -> Result<std::optional<Webhook>> {
    auto changed = present;
    changed.name = request.name;
    changed.url = request.url;
    changed.description = request.description;
    changed.filter = *filter;
    auto secrets = secrets_of(present);
    if (request.headers && *request.headers != secrets.headers) {
      secrets.headers = *request.headers;
      changed.sealed = domain::seal_secrets(settings_.key, present.id, secrets);
    }
    return changed;
  };
  Audited audited{.action = AuditAction::webhook_changed, .detail = place_of_url(request.url)};
  const auto changed = co_await change(context, std::move(reference), std::move(if_match), std::move(audited),
                                       std::move(apply));
  if (!changed) co_return std::unexpected(changed.error());
  co_return changed->resource_version;
}

Task<Result<std::int64_t>> WebhookService::set_enabled(const Context& context, std::string reference,
                                                       bool enabled, IfMatch if_match) {
  Change apply = [enabled](Webhook present) -> Result<std::optional<Webhook>> {
    if (present.enabled == enabled) return present;
    present.enabled = enabled;
    present.disabled_reason.clear();
    present.failing_since.reset();
    if (enabled) present.from_position = -1;
    return present;
  };
  Audited audited{.action = AuditAction::webhook_changed, .detail = enabled ? "enabled" : "disabled"};
  const auto changed = co_await change(context, std::move(reference), std::move(if_match), std::move(audited),
                                       std::move(apply));
  if (!changed) co_return std::unexpected(changed.error());
  co_return changed->resource_version;
}

Task<Result<void>> WebhookService::remove(const Context& context, std::string reference, IfMatch if_match) {
  Change apply = [](const Webhook&) -> Result<std::optional<Webhook>> { return std::optional<Webhook>(); };
  Audited audited{.action = AuditAction::webhook_deleted, .detail = {}};
  const auto removed = co_await change(context, std::move(reference), std::move(if_match), std::move(audited),
                                       std::move(apply));
  if (!removed) co_return std::unexpected(removed.error());
  co_return Result<void>();
}

Task<Result<WebhookSecret>> WebhookService::rotate_secret(const Context& context, std::string reference,
                                                          std::chrono::seconds keep) {
  const auto secret = domain::make_webhook_secret();
  Change apply = [this, &secret, &context, keep](Webhook present) -> Result<std::optional<Webhook>> {
    auto secrets = secrets_of(present);
    secrets.old_secret = std::exchange(secrets.secret, secret);
    secrets.old_secret_until = context.now + keep;
    present.sealed = domain::seal_secrets(settings_.key, present.id, secrets);
    return present;
  };
  Audited audited{.action = AuditAction::webhook_changed, .detail = "a new secret"};
  IfMatch any;
  auto changed =
      co_await change(context, std::move(reference), std::move(any), std::move(audited), std::move(apply));
  if (!changed) co_return std::unexpected(std::move(changed).error());
  co_return WebhookSecret{.view = view_of(*std::move(changed)), .secret = secret};
}

}  // namespace xzepr::service
