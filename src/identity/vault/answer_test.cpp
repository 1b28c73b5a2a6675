#include "identity/vault/answer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/time_text.hpp"
#include "identity/vault/settings.hpp"

namespace xzepr::identity::vault {
namespace {

std::string secret_of(std::string_view body) {
  const auto secret = read_secret(body, "k");
  return secret ? secret->text : "no: " + secret.error();
}

TEST(VaultAnswer, GivesOneFieldOfASecret) {
  EXPECT_EQ(secret_of(R"({"data":{"data":{"k":"v","x":1},"metadata":{"version":3}}})"), "v");
  const auto largest = std::string(secret_bytes_max, 'x');
  EXPECT_EQ(secret_of(fmt::format(R"({{"data":{{"data":{{"k":"{}"}},"metadata":{{}}}}}})", largest)),
            largest);
  EXPECT_TRUE(secret_of(fmt::format(R"({{"data":{{"data":{{"k":"{}y"}},"metadata":{{}}}}}})", largest))
                  .contains("is no text"));
}

TEST(VaultAnswer, SaysOfWhichVersionTheFieldIs) {
  const auto secret = read_secret(
      R"({"data":{"data":{"k":"v"},"metadata":{"version":3,"created_time":"2026-01-31T09:30:00.5Z"}}})", "k");
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->version, 3);
  EXPECT_EQ(to_string(secret->created_at), "2026-01-31T09:30:00.500000Z");
  const auto odd =
      read_secret(R"({"data":{"data":{"k":"v"},"metadata":{"version":-1,"created_time":7}}})", "k");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->version, 0);
  EXPECT_EQ(odd->created_at, TimePoint{});
}

TEST(VaultAnswer, RefusesWhatIsNoSecret) {
  for (const auto* body :
       {"", "null", "[]", "{}", R"({"data":null})", R"({"data":{"k":"v"}})", R"({"data":{"data":{"k":"v"}}})",
        R"({"data":{"data":null,"metadata":{}}})", R"({"data":{"data":{},"metadata":{}}})",
        R"({"data":{"data":{"k":["v"]},"metadata":{}}})"})
    EXPECT_TRUE(secret_of(body).starts_with("no: ")) << body;
  EXPECT_TRUE(secret_of(R"({"data":{"k":"v"}})").contains("version 2"));
}

TEST(VaultAnswer, ReadsALease) {
  EXPECT_EQ(read_lease(R"({"auth":{"lease_duration":60,"renewable":true}})").value_or(Lease{}),
            (Lease{.duration = std::chrono::seconds{60}, .is_renewable = true}));
  for (const auto* body :
       {"", "{}", R"({"auth":null})", R"({"auth":{"lease_duration":-1,"renewable":true}})",
        R"({"auth":{"lease_duration":9223372036854775807,"renewable":true}})",
        R"({"auth":{"lease_duration":"60","renewable":true}})", R"({"auth":{"lease_duration":60}})"})
    EXPECT_FALSE(read_lease(body)) << body;
}

TEST(VaultAnswer, ExplainsARefusalInOneLine) {
  EXPECT_EQ(explain_refusal(503, R"({"errors":["Vault is sealed"]})"),
            "Vault answers 503 (Vault is sealed): Vault is sealed or in maintenance: unseal it");
  EXPECT_FALSE(explain_refusal(403, R"({"errors":["a\nb\u001b[0m"]})").contains('\n'));
  EXPECT_LT(explain_refusal(403, fmt::format(R"({{"errors":["{}"]}})", std::string(5'000, 'x'))).size(),
            400U);
  EXPECT_TRUE(explain_refusal(307, "").contains("redirects are not followed"));
  EXPECT_TRUE(explain_refusal(418, "<html>").contains("is vault.address the address of Vault?"));
}

using Keys = std::map<std::string, std::string>;

std::string wrong_in(const Keys& keys) {
  const auto settings = read_settings(keys);
  return settings ? "nothing" : fmt::format("{}", fmt::join(settings.error(), "\n"));
}

TEST(VaultSettings, ReadsAllKeys) {
  const auto settings = read_settings({{"address", "https://vault.example:8200/"},
                                       {"token_file", "/run/token"},
                                       {"namespace", "team/a"},
                                       {"mount", "kv"},
                                       {"ca_file", "/ca.pem"},
                                       {"timeout_ms", "250"},
                                       {"signing_key_path", "xzepr/jwt"},
                                       {"signing_key_field", "pem"},
                                       {"refresh_seconds", "7"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->signing_key_path, "xzepr/jwt");
  EXPECT_EQ(settings->signing_key_field, "pem");
  EXPECT_EQ(settings->refresh, std::chrono::seconds{7});
  EXPECT_EQ(settings->address, "https://vault.example:8200");
  EXPECT_EQ(settings->token_file, "/run/token");
  EXPECT_EQ(settings->name_space, "team/a");
  EXPECT_EQ(settings->mount, "kv");
  EXPECT_EQ(settings->ca_file, "/ca.pem");
  EXPECT_EQ(settings->timeout, std::chrono::milliseconds{250});
  EXPECT_EQ(wrong_in({{"address", "http://127.0.0.1:8200"}, {"token", "t"}, {"signing_key_path", "a"}}),
            "nothing");
}

TEST(VaultSettings, SayAllThatIsWrong) {
  EXPECT_EQ(wrong_in({}),
            "address: is no address of Vault; write https://HOST:PORT (http:// on a loopback address only)\n"
            "token: write token or token_file, one of the two\n"
            "signing_key_path: is no path of a secret; write it as in vault kv get -mount=MOUNT xzepr/jwt");
  const Keys fine = {{"address", "https://v"}, {"token", "t"}, {"signing_key_path", "a"}};
  for (const auto& [key, value] : Keys{{"address", "http://vault.example"},
                                       {"token_file", "/both"},
                                       {"mount", "../sys"},
                                       {"namespace", "a b"},
                                       {"timeout_ms", "60001"},
                                       {"signing_key_path", "../sys"},
                                       {"signing_key_field", ""},
                                       {"refresh_seconds", "0"},
                                       {"tokn", "x"}}) {
    auto keys = fine;
    keys[key] = value;
    EXPECT_NE(wrong_in(keys), "nothing") << key;
  }
  for (const auto* address :
       {"https://", "https://v/path", "https://user@v", "ftp://v", "http://127.0.0.1.example"}) {
    auto keys = fine;
    keys["address"] = address;
    EXPECT_NE(wrong_in(keys), "nothing") << address;
  }
}

}  // namespace
}  // namespace xzepr::identity::vault
