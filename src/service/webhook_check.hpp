// What webhooks may be. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "domain/webhook.hpp"
#include "domain/webhook_url.hpp"
#include "service/catalogue.hpp"
#include "service/rights.hpp"

namespace xzepr::service {

/// As a caller writes it: the group by id, name or name@version.
struct MessageFilterRequest {
  std::optional<std::string> type = std::nullopt;
  std::optional<std::string> artifact = std::nullopt;
  std::optional<std::string> group = std::nullopt;
  std::optional<bool> is_success = std::nullopt;
};
struct WebhookRequest {
  std::string name;
  std::string url;
  std::string description = {};
  MessageFilterRequest filter = {};
  std::optional<domain::WebhookHeaders> headers = std::nullopt;  ///< nullopt: as they are
};

/// In the form in which it is stored. `pointer` is where the filter stands in the request: "/filter".
[[nodiscard]] domain::MessageFilter check_filter(MessageFilterRequest filter,
                                                 const identity::Principal& caller,
                                                 const domain::Catalogue& catalogue, std::string_view pointer,
                                                 std::vector<Violation>& faults);
/// "request_invalid" with all faults; the filter is check_filter()'s.
[[nodiscard]] Result<WebhookRequest> check_webhook(WebhookRequest request,
                                                   const domain::WebhookUrlRules& rules,
                                                   std::vector<Violation> faults);

}  // namespace xzepr::service
