#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "crypto/sign_key.hpp"
#include "http/client.hpp"
#include "identity/vault/client.hpp"
#include "identity/vault/renewer.hpp"
#include "identity/vault/signing_keys.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::identity::vault {
namespace {

using namespace std::chrono_literals;

// A program of the tests that prints a line when it is ready and ends with its input.
class Helper {
 public:
  explicit Helper(std::string_view program) {
    std::string name = (std::filesystem::temp_directory_path() / "xzepr-vault-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    const auto command = fmt::format("python3 {}/tests/{} {} >{}/line 2>{}/log", XZEPR_SOURCE_DIR, program,
                                     folder_, folder_, folder_);
    pipe_ = popen(command.c_str(), "w");
    for (int looks = 0; line_.empty() && looks < 3'000; ++looks) {
      usleep(20'000);
      std::ifstream file(folder_ + "/line");
      std::string line;
      if (std::getline(file, line) && !file.eof()) line_ = line;
    }
  }
  ~Helper() {
    pclose(pipe_);
    std::filesystem::remove_all(folder_);
  }
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  [[nodiscard]] const std::string& line() const { return line_; }
  [[nodiscard]] std::string file(std::string_view name) const { return fmt::format("{}/{}", folder_, name); }

 private:
  std::string folder_;
  std::FILE* pipe_ = nullptr;
  std::string line_;
};

template <class T>
std::string why(const std::expected<T, std::string>& result) {
  return result ? std::string("none") : result.error();
}

class VaultTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    stub = std::make_unique<Helper>("services/vault_stub.py");
    hostile = std::make_unique<Helper>("e2e/support/hostile_provider.py");
  }
  static void TearDownTestSuite() {
    stub.reset();
    hostile.reset();
  }

 protected:
  static Settings settings(std::string token = "root-token") {
    return {
        .address = stub->line(), .token = std::move(token), .ca_file = stub->file("ca.pem"), .timeout = 20s};
  }
  static Settings hostile_settings(std::string_view name) {
    const auto urls = json::parse(hostile->line());
    std::string url(json::view(urls.value().as_object().at(name).as_string()));
    while (url.ends_with('/')) url.pop_back();
    return {.address = url, .token = "t", .ca_file = hostile->file("ca.pem"), .timeout = 20s};
  }
  // As an operator does; the answer's body.
  static std::string administer(std::string_view method, std::string_view path, std::string body = {},
                                std::string token = "root-token") {
    http::Client client;
    const auto answer = client.send({.method = std::string(method),
                                     .url = fmt::format("{}/v1/{}", stub->line(), path),
                                     .headers = {{"X-Vault-Token", std::move(token)}},
                                     .body = std::move(body),
                                     .ca_file = stub->file("ca.pem")});
    EXPECT_TRUE(answer) << path;
    return answer ? answer->body : std::string();
  }
  static std::string make_token(std::string_view members) {
    const auto made = json::parse(administer("POST", "auth/token/create", fmt::format("{{{}}}", members)));
    return std::string(json::view(made.value().at("auth").at("client_token").as_string()));
  }

  static std::unique_ptr<Helper> stub;
  static std::unique_ptr<Helper> hostile;
};
std::unique_ptr<Helper> VaultTest::stub;
std::unique_ptr<Helper> VaultTest::hostile;

TEST_F(VaultTest, ReadsTheNewestVersionOfASigningKey) {
  Client client(settings());
  for (int version = 0; version < 2; ++version) {
    auto pem = crypto::SignKey::generate(crypto::SignatureKind::ed25519).to_pem();
    auto escaped = pem;
    for (auto at = escaped.find('\n'); at != escaped.npos; at = escaped.find('\n', at))
      escaped.replace(at, 1, "\\n");
    administer("POST", "secret/data/xzepr/jwt", fmt::format(R"({{"data":{{"private_key":"{}"}}}})", escaped));
    const auto read = client.read("xzepr/jwt", "private_key");
    ASSERT_TRUE(read) << why(read);
    EXPECT_EQ(*read, pem);
    EXPECT_TRUE(crypto::SignKey::from_pem(*read));
  }
}

TEST_F(VaultTest, KeysBeforeTheNewestVerifyUntilTheirGraceEnds) {
  Client client(settings());
  const KeyPlace place{.path = "xzepr/rotated", .field = "pem"};
  std::vector<std::string> kids;
  const auto put = [&](const crypto::SignKey& key, std::string_view other) {
    kids.push_back(key_id(key));
    const auto pem = json::write(json::Value(key.to_pem()));
    administer("POST", "secret/data/xzepr/rotated",
               fmt::format(R"({{"data":{{"pem":{},"other":"{}"}}}})", pem, other));
  };
  const auto first = crypto::SignKey::generate(crypto::SignatureKind::ed25519);
  const auto second = crypto::SignKey::generate(crypto::SignatureKind::p256_sha256);
  put(first, "a");
  administer("POST", "secret/data/xzepr/rotated", R"({"data":{"pem":"no key","other":"a"}})");
  put(second, "a");
  put(second, "b");
  const SystemClock clock;
  const auto keys = read_signing_keys(client, place, 1h, clock.now());
  ASSERT_TRUE(keys) << why(keys);
  EXPECT_EQ(keys->current_id(), kids.back());
  ASSERT_EQ(keys->previous().size(), 1U);
  EXPECT_TRUE(keys->knows(kids.front()));
  EXPECT_LE(keys->previous()[0].until, clock.now() + 1h);
  EXPECT_GT(keys->previous()[0].until, clock.now() + 50min);
  const auto later = read_signing_keys(client, place, 1h, clock.now() + 2h);
  ASSERT_TRUE(later);
  EXPECT_TRUE(later->previous().empty());
}

TEST_F(VaultTest, SaysWhyThereIsNoSigningKey) {
  Client client(settings());
  administer("POST", "secret/data/xzepr/none", R"({"data":{"pem":"canary"}})");
  const auto now = SystemClock().now();
  const auto no_key = why(read_signing_keys(client, {.path = "xzepr/none", .field = "pem"}, 1h, now));
  EXPECT_TRUE(no_key.contains("secret xzepr/none: the field pem holds ")) << no_key;
  EXPECT_FALSE(no_key.contains("canary"));
  EXPECT_TRUE(
      why(read_signing_keys(client, {.path = "xzepr/none", .field = "x"}, 1h, now)).contains("no field x"));
}

TEST_F(VaultTest, SaysWhyThereIsNoSecret) {
  Client client(settings());
  administer("POST", "secret/data/a", R"({"data":{"text":"canary","number":1,"empty":""}})");
  EXPECT_TRUE(why(client.read("absent", "x")).contains("no such secret"));
  EXPECT_TRUE(why(client.read("a", "other")).contains("no field other"));
  EXPECT_TRUE(why(client.read("a", "number")).contains("is no text"));
  EXPECT_TRUE(why(client.read("a", "empty")).contains("is no text"));
  for (const auto* path :
       {"", "/a", "a/", "a//b", "../sys/seal", "a/../b", "a?version=1", "a%2f", "a b", "a\r\nb"})
    EXPECT_TRUE(why(client.read(path, "text")).contains("is no path")) << path;
  administer("DELETE", "secret/data/a");
  EXPECT_NE(why(client.read("a", "text")), "none");
  EXPECT_FALSE(why(client.read("a", "text")).contains("canary"));
}

TEST_F(VaultTest, ATokenThatIsWrongOrMayNotIsNamedAsTheCause) {
  administer("POST", "secret/data/b", R"({"data":{"x":"1"}})");
  Client stranger(settings("nobody-canary"));
  EXPECT_TRUE(why(stranger.read("b", "x")).contains("403 (2 errors occurred:"));
  EXPECT_FALSE(why(stranger.read("b", "x")).contains("canary"));
  Client other(settings(make_token(R"("policies":["c"])")));
  EXPECT_TRUE(why(other.read("b", "x")).contains("policy"));
  Client reader(settings(make_token(R"("policies":["b"])")));
  EXPECT_EQ(reader.read("b", "x").value_or("none"), "1");
}

TEST_F(VaultTest, ReadsItsTokenFileAnewEachTime) {
  administer("POST", "secret/data/d", R"({"data":{"x":"1"}})");
  auto with_file = settings("");
  with_file.token_file = stub->file("token");
  Client client(with_file);
  EXPECT_TRUE(why(client.read("d", "x")).contains("cannot be read"));
  std::ofstream(with_file.token_file) << "root-token\n";
  EXPECT_EQ(client.read("d", "x").value_or("none"), "1");
  std::ofstream(with_file.token_file) << "two words";
  EXPECT_TRUE(why(client.read("d", "x")).contains("holds no token"));
}

TEST_F(VaultTest, RenewsAndSaysWhenATokenCannotBe) {
  Client client(settings(make_token(R"("ttl":"3600s","policies":["a"])")));
  EXPECT_EQ(client.renew().value_or(Lease{}), (Lease{.duration = 3'600s, .is_renewable = true}));
  Client fixed(settings(make_token(R"("ttl":"3600s","renewable":false)")));
  EXPECT_TRUE(why(fixed.renew()).contains("lease is not renewable"));
}

TEST_F(VaultTest, TheRenewerGoesOnAndTellsOnceWhenItFailsAndWhenItIsBack) {
  const auto token = make_token(R"("ttl":"3600s")");
  Client client(settings(token));
  telemetry::Log log(telemetry::Level::error, telemetry::LogFormat::text);
  {
    const Renewer renewer(client, log);
    while (!administer("GET", "auth/token/lookup-self", "", token).contains("\"renewals\": 1"))
      std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ(renewal_pause({.duration = 0s}), 1h);
  EXPECT_EQ(renewal_pause({.duration = 1s}), 1s);
  EXPECT_EQ(renewal_pause({.duration = 900s}), 450s);
  EXPECT_EQ(renewal_pause({.duration = 100h}), 1h);
}

TEST_F(VaultTest, ASealedVaultIsNamed) {
  Client client(settings());
  administer("POST", "sys/seal", "{}");
  EXPECT_TRUE(why(client.read("a", "x")).contains("503 (Vault is sealed)"));
  administer("POST", "sys/unseal", "{}");
}

// Row G27: verify-full, and no way round it.
TEST_F(VaultTest, G27TrustsTheGivenAuthorityAndNothingElse) {
  for (const auto* name : {"selfsigned", "wronghost", "expired", "old"}) {
    Client client(hostile_settings(name));
    EXPECT_TRUE(why(client.read("a", "x")).contains("no answer from")) << name;
  }
  Client good(hostile_settings("good"));
  EXPECT_TRUE(why(good.read("a", "x")).contains("none of Vault's"));
  auto standard = settings();
  standard.ca_file = "";
  Client stranger(standard);
  EXPECT_TRUE(why(stranger.read("a", "x")).contains("no answer from"));
}

// G29.
TEST_F(VaultTest, AHostileOneIsLeftSoon) {
  for (const auto* name : {"big", "flood"})
    EXPECT_TRUE(why(Client(hostile_settings(name)).read("a", "x")).contains("no answer from")) << name;
  EXPECT_TRUE(
      why(Client(hostile_settings("redirect")).read("a", "x")).contains("redirects are not followed"));
  for (const auto* name : {"endless", "silent"}) {
    auto impatient = hostile_settings(name);
    impatient.timeout = 200ms;
    EXPECT_TRUE(why(Client(impatient).read("a", "x")).contains("no answer from")) << name;
  }
}

}  // namespace
}  // namespace xzepr::identity::vault
