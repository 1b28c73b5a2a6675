#include "api/request_head.hpp"

#include <gtest/gtest.h>

namespace xzepr::api {
namespace {

Result<std::string> key_of(std::vector<http::Header> headers) {
  http::Request request;
  request.headers = std::move(headers);
  const auto sent = read_credential(read_head(request));
  if (!sent) return std::unexpected(sent.error());
  return std::string(sent->text);
}

CredentialKind kind_of(std::vector<http::Header> headers) {
  http::Request request;
  request.headers = std::move(headers);
  return read_credential(read_head(request)).value().kind;
}

TEST(RequestHead, FindsHeadersInAnyCase) {
  http::Request request;
  request.headers = {{"x-REQUEST-id", "r"},
                     {"content-type", "t"},
                     {"CONTENT-ENCODING", "e"},
                     {"Traceparent", "p"},
                     {"idempotency-key", "i"}};
  const auto head = read_head(request);
  EXPECT_EQ(head.request_id, "r");
  EXPECT_EQ(head.content_type, "t");
  EXPECT_EQ(head.content_encoding, "e");
  EXPECT_EQ(head.traceparent, "p");
  EXPECT_EQ(head.idempotency_key, "i");
}

TEST(Credential, IsTakenFromEitherHeader) {
  EXPECT_EQ(key_of({{"x-api-key", "xzepr_a"}}).value(), "xzepr_a");
  EXPECT_EQ(key_of({{"Authorization", "bearer xzepr_b"}}).value(), "xzepr_b");
  EXPECT_EQ(key_of({}).value(), "");
}

TEST(Credential, IsAKeyOrATokenByItsForm) {
  EXPECT_EQ(kind_of({}), CredentialKind::none);
  EXPECT_EQ(kind_of({{"X-API-Key", "anything"}}), CredentialKind::api_key);
  EXPECT_EQ(kind_of({{"Authorization", "Bearer xzepr_a"}}), CredentialKind::api_key);
  EXPECT_EQ(kind_of({{"Authorization", "Bearer eyJ.eyJ.x"}}), CredentialKind::token);
}

// B30.
TEST(Credential, IsRefusedWhenThereAreTwo) {
  EXPECT_EQ(key_of({{"X-API-Key", "xzepr_a"}, {"Authorization", "Bearer xzepr_a"}}).error().code,
            "credentials_ambiguous");
  EXPECT_EQ(key_of({{"X-API-Key", "xzepr_a"}, {"X-API-Key", "xzepr_a"}}).error().code,
            "credentials_ambiguous");
}

TEST(Credential, IsRefusedWhenItIsOfNoKnownKind) {
  for (const std::string_view text :
       {"", "Bearer", "Bearer ", "Bearer nothing", "Basic YTpi", "xzepr_a", "Bearer  xzepr_a"}) {
    EXPECT_EQ(key_of({{"Authorization", text}}).error().code, "credentials_invalid") << text;
  }
  EXPECT_EQ(key_of({{"X-API-Key", ""}}).error().code, "credentials_invalid");
}

TEST(RequestId, IsEchoedOnlyWhenItIsSafe) {
  EXPECT_TRUE(is_request_id("0af7651916cd43dd8448eb211c80319c"));
  EXPECT_TRUE(is_request_id(std::string(128, 'a')));
  for (const std::string& text : {std::string(), std::string(129, 'a'), std::string("a b"),
                                  std::string("a\"b"), std::string("\xC3\xA4"), std::string("<x>")}) {
    EXPECT_FALSE(is_request_id(text)) << text;
  }
}

TEST(Traceparent, MustBeAsTheRecommendationSays) {
  EXPECT_TRUE(is_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_TRUE(is_traceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"));
  EXPECT_FALSE(is_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"));
  EXPECT_FALSE(is_traceparent("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_FALSE(is_traceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
  EXPECT_FALSE(is_traceparent("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_FALSE(is_traceparent(""));
}

TEST(IdempotencyKey, IsVisibleAsciiOfBoundedLength) {
  EXPECT_TRUE(is_idempotency_key("!~"));
  EXPECT_TRUE(is_idempotency_key(std::string(255, 'k')));
  EXPECT_FALSE(is_idempotency_key(std::string(256, 'k')));
  EXPECT_FALSE(is_idempotency_key(""));
  EXPECT_FALSE(is_idempotency_key("a b"));
  EXPECT_FALSE(is_idempotency_key("\xC3\xA4"));
}

}  // namespace
TEST(Ticket, G16IsReadFromTheQueryAsItStands) {
  const RequestHead none;
  EXPECT_EQ(read_ticket("", none).value(), "");
  EXPECT_EQ(read_ticket("ticket=abc", none).value(), "abc");
  EXPECT_EQ(read_ticket("after=0&ticket=abc&type=x", none).value(), "abc");
  EXPECT_EQ(read_ticket("ticket=", none).value(), "");
  EXPECT_EQ(read_ticket("tickets=abc&xticket=abc&ticket&Ticket=abc", none).value(), "");
  EXPECT_EQ(read_ticket("ticket=a%62c", none).value(), "a%62c");
}

TEST(Ticket, B30IsTheOnlyCredential) {
  const RequestHead none;
  const RequestHead key{.api_key = "x", .credential_count = 1};
  EXPECT_EQ(read_ticket("ticket=a&ticket=a", none).error().code, "credentials_ambiguous");
  EXPECT_EQ(read_ticket("ticket=a&ticket=", none).error().code, "credentials_ambiguous");
  EXPECT_EQ(read_ticket("ticket=a", key).error().code, "credentials_ambiguous");
  EXPECT_EQ(read_ticket("after=0", key).value(), "");
}

}  // namespace xzepr::api
