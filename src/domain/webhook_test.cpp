#include "domain/webhook.hpp"

#include <gtest/gtest.h>

#include "crypto/secret_box.hpp"
#include "json/parse.hpp"

namespace xzepr::domain {
namespace {

const std::string key = crypto::derive_key("a secret of all nodes", "webhooks");

WebhookId webhook_id(std::uint8_t number) {
  WebhookId id;
  id.value.bytes[15] = number;
  return id;
}

}  // namespace

TEST(Webhook, SecretsComeBackForTheirWebhookOnly) {
  const WebhookSecrets secrets{.secret = "whsec_new",
                               .old_secret = "whsec_old",
                               .old_secret_until = TimePoint{std::chrono::seconds{1'767'225'600}},
                               .headers = {{"Authorization", "Bearer \"x\""}, {"X-Team", "a"}}};
  const auto sealed = seal_secrets(key, webhook_id(1), secrets);
  EXPECT_EQ(sealed.find("whsec"), std::string::npos);
  EXPECT_EQ(unseal_secrets(key, webhook_id(1), sealed), secrets);
  EXPECT_EQ(unseal_secrets(key, webhook_id(2), sealed), std::nullopt);
  EXPECT_EQ(unseal_secrets(crypto::derive_key("another", "webhooks"), webhook_id(1), sealed), std::nullopt);
  const WebhookSecrets plain{.secret = "whsec_only"};
  EXPECT_EQ(unseal_secrets(key, webhook_id(1), seal_secrets(key, webhook_id(1), plain)), plain);
}

TEST(Webhook, G12HeadersThatWouldBreakARequestAreRefused) {
  EXPECT_EQ(refuse_headers({}), std::nullopt);
  EXPECT_EQ(refuse_headers({{"Authorization", "Bearer abc"}, {"X-A", "b c"}}), std::nullopt);
  const std::vector<WebhookHeaders> bad = {{{"X-A", "b\r\nX-Evil: 1"}},
                                           {{"X-A", "b\nc"}},
                                           {{"X-A\r\nHost", "b"}},
                                           {{"X A", "b"}},
                                           {{"", "b"}},
                                           {{"X-A", ""}},
                                           {{"X-A", " b"}},
                                           {{"X-A", std::string("b\0c", 3)}},
                                           {{"X-A", "caf\xC3\xA9"}},
                                           {{"X-A", "1"}, {"x-a", "2"}},
                                           {{"Host", "b"}},
                                           {{"content-length", "3"}},
                                           {{"Webhook-Signature", "v1,x"}},
                                           {{"Transfer-Encoding", "chunked"}},
                                           {{"X-A", std::string(5'000, 'b')}}};
  for (const auto& headers : bad)
    EXPECT_TRUE(refuse_headers(headers).has_value())
        << headers.front().first << ": " << headers.front().second;
  EXPECT_TRUE(refuse_headers(WebhookHeaders(21, {"X-A", "b"})).has_value());
}

TEST(Webhook, StatusesAreReadAsTheyAreWritten) {
  for (const auto status : {DeliveryStatus::pending, DeliveryStatus::delivered, DeliveryStatus::failed})
    EXPECT_EQ(parse_delivery_status(to_string(status)), status);
  EXPECT_EQ(parse_delivery_status("gone"), std::nullopt);
  EXPECT_EQ(to_string(DeliveryCause::message), "message");
  EXPECT_EQ(to_string(DeliveryCause::replay), "replay");
  EXPECT_EQ(to_string(DeliveryCause::test), "test");
}

TEST(Webhook, ADeliveryTellsOfItsRow) {
  JournalRow row{.position = 7, .kind = JournalKind::group_complete, .group_id = GroupId{}};
  row.id.bytes[0] = 1;
  const auto delivery = delivery_of(row, webhook_id(1), DeliveryId{}, DeliveryCause::message, TimePoint{});
  EXPECT_EQ(delivery.position, 7);
  EXPECT_EQ(delivery.message_id, row.id);
  EXPECT_EQ(delivery.key, message_key(row));
}

TEST(Webhook, ATestIsACloudEvent) {
  WebhookDelivery test{.cause = DeliveryCause::test};
  test.webhook_id = webhook_id(3);
  const auto message = json::parse(render_test_message(test));
  ASSERT_TRUE(message.has_value());
  const auto& object = message->as_object();
  EXPECT_EQ(object.at("specversion").as_string(), "1.0");
  EXPECT_EQ(object.at("kind").as_string(), "webhook.test");
  EXPECT_EQ(object.at("subject").as_string(), to_string(test.webhook_id).c_str());
}

}  // namespace xzepr::domain
