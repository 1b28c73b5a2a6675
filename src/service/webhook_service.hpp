// Webhooks as people configure them. Each change is one of the catalogue, with its audit row. One object per
// shard.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "service/audit_log.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/page.hpp"
#include "service/webhook_check.hpp"
#include "store/catalogue_store.hpp"
#include "store/webhook_store.hpp"

namespace xzepr::service {

/// What all shards share.
struct WebhookSettings {
  domain::WebhookUrlRules rules;
  std::string key;  ///< seals secrets, 32 bytes
};

/// A webhook as it may be shown: of its headers only the names.
struct WebhookView {
  domain::Webhook webhook;
  std::vector<std::string> header_names;
  std::optional<TimePoint> old_secret_until;  ///< set while two secrets sign
};
struct WebhookSecret {
  WebhookView view;
  std::string secret;  ///< shown once
};

class WebhookService {
 public:
  WebhookService(store::WebhookStore& webhooks, store::IdentityStore& identities,
                 store::CatalogueStore& catalogue_store, Catalogue& catalogue, const CursorCodec& cursors,
                 const WebhookSettings& settings, IdSource& ids, telemetry::Log& log);

  // All need sink_manage; a change also needs that it is the caller's own, or an administrator: 403
  // "not_owner". `reference` is an id or a name; 404 "webhook_unknown".

  /// "request_invalid", also for a private address (G08); "webhook_exists", "webhooks_too_many" (409). It is
  /// told of what is committed from now on.
  [[nodiscard]] Task<Result<WebhookSecret>> create(const Context& context, WebhookRequest request);
  [[nodiscard]] Task<Result<WebhookView>> get(const Context& context, std::string reference);
  [[nodiscard]] Task<Result<Page<WebhookView>>> list(const Context& context, PageRequest page);
  /// The new resource version. Also "precondition_failed".
  [[nodiscard]] Task<Result<std::int64_t>> update(const Context& context, std::string reference,
                                                  WebhookRequest request, IfMatch if_match);
  /// Disabled it is told of nothing new; enabled again it is told of what is committed from then on, and of
  /// what it has not taken yet.
  [[nodiscard]] Task<Result<std::int64_t>> set_enabled(const Context& context, std::string reference,
                                                       bool enabled, IfMatch if_match);
  [[nodiscard]] Task<Result<void>> remove(const Context& context, std::string reference, IfMatch if_match);
  /// A new secret; the present one signs beside it for `keep` more.
  [[nodiscard]] Task<Result<WebhookSecret>> rotate_secret(const Context& context, std::string reference,
                                                          std::chrono::seconds keep);

 private:
  using Webhook = domain::Webhook;
  /// What a change makes of a webhook, or an error; nullopt: it is removed.
  using Change = std::function<Result<std::optional<Webhook>>(Webhook present)>;
  struct Audited {
    identity::AuditAction action;
    std::string detail;
  };

  [[nodiscard]] Task<Result<Webhook>> changeable(const identity::Principal& caller, std::string reference,
                                                 const IfMatch& if_match, Deadline deadline);
  [[nodiscard]] Task<Result<Webhook>> change(const Context& context, std::string reference, IfMatch if_match,
                                             Audited audited, Change change);
  [[nodiscard]] Task<Result<domain::MessageFilter>> filter_of(const Context& context,
                                                              WebhookRequest& request);
  [[nodiscard]] WebhookView view_of(Webhook webhook) const;
  [[nodiscard]] domain::WebhookSecrets secrets_of(const Webhook& webhook) const;

  store::WebhookStore& webhooks_;
  store::IdentityStore& identities_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
  const WebhookSettings& settings_;
  IdSource& ids_;
  AuditLog audit_;
};

}  // namespace xzepr::service
