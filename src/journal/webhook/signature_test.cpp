#include "journal/webhook/signature.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/time_text.hpp"
#include "crypto/digest.hpp"
#include "domain/webhook_secret.hpp"

namespace xzepr::journal::webhook {
namespace {

const Ulid message_id = parse_ulid("01KB08T4R0Z9QGX3TRX9Y6F2AB").value();
const TimePoint message_time = parse_time("2026-11-26T12:00:00.999999Z").value();
constexpr std::string_view message_body =
    R"({"specversion":"1.0","type":"dev.example.scan","data":{"größe":1.50}})";

std::string secret_of(char letter) { return "whsec_" + crypto::to_base64(std::string(32, letter)); }

std::vector<std::string> keys(std::string_view letters) {
  std::vector<std::string> out;
  for (const char letter : letters) out.push_back(domain::parse_webhook_secret(secret_of(letter)).value());
  return out;
}

// What a receiver sees, a line each for the public library of tests/messages.
std::string delivery(std::string_view name, std::string_view letters) {
  std::string line = fmt::format(R"({{"name":"{}","headers":{{)", name);
  const auto headers = signed_headers(message_id, message_time, message_body, keys(letters));
  for (const auto& [key, value] : headers)
    line += fmt::format(R"({}"{}":"{}")", line.ends_with('{') ? "" : ",", key, value);
  std::string quoted;
  for (const char c : message_body) quoted += c == '"' ? "\\\"" : std::string(1, c);
  return fmt::format("{}}},\"body\":\"{}\",\"secrets\":[\"{}\",\"{}\"]}}\n", line, quoted, secret_of('a'),
                     secret_of('b'));
}

}  // namespace

// The example of the specification, but for its id, which is none of ours.
TEST(WebhookSignature, IsThatOfTheStandard) {
  const auto key = domain::parse_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
  const auto signed_bytes =
      crypto::hmac_sha256(key, "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}");
  EXPECT_EQ(crypto::to_base64({reinterpret_cast<const char*>(signed_bytes.data()), signed_bytes.size()}),
            "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  const std::vector<std::string> one = {key};
  const auto expected = crypto::hmac_sha256(key, fmt::format("{}.1795694400.{{}}", to_string(message_id)));
  EXPECT_EQ(sign(message_id, message_time, "{}", one),
            "v1," + crypto::to_base64({reinterpret_cast<const char*>(expected.data()), expected.size()}));
}

TEST(WebhookSignature, G12CoversIdTimeAndBody) {
  const auto good = sign(message_id, message_time, message_body, keys("a"));
  EXPECT_EQ(sign(message_id, message_time, message_body, keys("a")), good);
  EXPECT_NE(sign(Ulid{}, message_time, message_body, keys("a")), good);
  EXPECT_NE(sign(message_id, message_time + std::chrono::seconds{1}, message_body, keys("a")), good);
  EXPECT_NE(sign(message_id, message_time, std::string(message_body) + " ", keys("a")), good);
  EXPECT_NE(sign(message_id, message_time, message_body, keys("b")), good);
}

TEST(WebhookSignature, G12HasTwoPartsWhileASecretIsReplaced) {
  EXPECT_EQ(sign(message_id, message_time, message_body, keys("ba")),
            sign(message_id, message_time, message_body, keys("b")) + " " +
                sign(message_id, message_time, message_body, keys("a")));
}

TEST(WebhookSignature, G12IsWhatTheGoldenFileHas) {
  const std::string found = delivery("one", "a") + delivery("rotated", "ba") + delivery("after", "b");
  const std::string path = XZEPR_SOURCE_DIR "/tests/golden/webhook-signatures.ndjson";
  if (std::getenv("XZEPR_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << found;
  std::ifstream file(path);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(found, golden) << "webhook-signatures.ndjson has changed: XZEPR_UPDATE_GOLDEN=1 writes it";
}

}  // namespace xzepr::journal::webhook
