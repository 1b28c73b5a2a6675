#include "domain/webhook_secret.hpp"

#include <gtest/gtest.h>

#include "crypto/digest.hpp"

namespace xzepr::domain {

TEST(WebhookSecret, IsMadeAndRead) {
  const auto secret = make_webhook_secret();
  EXPECT_TRUE(secret.starts_with("whsec_"));
  EXPECT_EQ(secret.size(), 6U + 44U);
  EXPECT_EQ(parse_webhook_secret(secret).value().size(), 32U);
  EXPECT_NE(make_webhook_secret(), secret);
  EXPECT_EQ(parse_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value().size(), 24U);
}

TEST(WebhookSecret, IsRefusedWhenItIsNone) {
  for (const std::string& text :
       {std::string(), std::string("whsec_"), std::string("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        std::string("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        std::string("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"),
        std::string("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw "),
        "whsec_" + crypto::to_base64(std::string(23, 'a')),
        "whsec_" + crypto::to_base64(std::string(65, 'a'))}) {
    EXPECT_FALSE(parse_webhook_secret(text)) << text;
  }
}

}  // namespace xzepr::domain
