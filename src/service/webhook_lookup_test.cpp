#include "service/webhook_lookup.hpp"

#include "service/world_test.hpp"
#include "store/memory_webhooks_test.hpp"

namespace xzepr::service {

TEST(WebhookLookup, AnIdOrANameLeadsToIt) {
  const SystemClock clock;
  store::MemoryWebhooks webhooks{clock};
  UlidSource ids;
  domain::Webhook webhook{.id = domain::WebhookId{ids.next(at(0))}, .name = "deploy"};
  webhooks.webhooks.emplace(webhook.id, webhook);
  EXPECT_EQ(run(find_webhook(webhooks, "deploy", soon())).value(), webhook);
  EXPECT_EQ(run(find_webhook(webhooks, to_string(webhook.id), soon())).value(), webhook);
  EXPECT_EQ(code_of(run(find_webhook(webhooks, "other", soon()))), "webhook_unknown");
  EXPECT_EQ(code_of(run(find_webhook(webhooks, to_string(ids.next(at(0))), soon()))), "webhook_unknown");
}

}  // namespace xzepr::service
