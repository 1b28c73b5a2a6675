// What webhooks were told, and telling them again. One object per shard.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/page.hpp"
#include "service/webhook_check.hpp"
#include "store/journal_store.hpp"
#include "store/webhook_store.hpp"

namespace xzepr::service {

/// Rows after `after`, up to `until`, that the webhook's own filter and this one let pass.
struct ReplayRequest {
  std::int64_t after = 0;
  std::optional<std::int64_t> until = std::nullopt;  ///< nullopt: the newest
  MessageFilterRequest filter = {};
};
/// A replay goes in steps: while `has_more`, ask again from `position` up to the same `until`.
struct ReplayProgress {
  std::uint64_t queued =
      0;  ///< deliveries that are under way by this step; those that already were are not counted
  std::int64_t position = 0;  ///< looked at up to here
  std::int64_t until = 0;
  bool has_more = false;
};

class WebhookDeliveries {
 public:
  /// `on_due`, from any thread: something is to be sent now.
  WebhookDeliveries(store::WebhookStore& webhooks, store::JournalStore& journal,
                    store::CatalogueStore& catalogue_store, Catalogue& catalogue, const CursorCodec& cursors,
                    std::function<void()> on_due, IdSource& ids);

  // All need sink_manage. `reference` is a webhook's id or name; 404 "webhook_unknown", "delivery_unknown".

  /// Newest first.
  [[nodiscard]] Task<Result<Page<domain::WebhookDelivery>>> list(const Context& context,
                                                                 std::string reference,
                                                                 std::optional<domain::DeliveryStatus> status,
                                                                 PageRequest page);
  [[nodiscard]] Task<Result<domain::WebhookDelivery>> get(const Context& context, std::string reference,
                                                          std::string id);

  // 409 "webhook_disabled" for one that is.

  /// Sends a message of its own, once; get() tells what came of it.
  [[nodiscard]] Task<Result<domain::WebhookDelivery>> test(const Context& context, std::string reference);
  /// Messages are sent again with the same webhook-id; what is under way is not sent twice.
  [[nodiscard]] Task<Result<ReplayProgress>> replay(const Context& context, std::string reference,
                                                    ReplayRequest request);
  /// What was given up begins again, up to a thousand at a time, oldest first; has_more: there may be others.
  [[nodiscard]] Task<Result<ReplayProgress>> replay_failed(const Context& context, std::string reference);

 private:
  [[nodiscard]] Task<Result<domain::Webhook>> find(const Context& context, std::string reference);
  [[nodiscard]] Task<Result<domain::Webhook>> find_enabled(const Context& context, std::string reference);

  store::WebhookStore& webhooks_;
  store::JournalStore& journal_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
  const std::function<void()> on_due_;
  IdSource& ids_;
};

}  // namespace xzepr::service
