#include "identity/access_token.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace xzepr::identity {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const fs::path corpus = fs::path(XZEPR_SOURCE_DIR) / "tests/jws";
constexpr TimePoint moment{1'767'225'600s};  // 2026-01-01
const TokenNames names{.issuer = "xzepr.io", .audience = "xzepr-api"};

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

const SigningKeys& corpus_keys() {
  static const SigningKeys keys(crypto::SignKey::from_pem(text_of(corpus / "key.pem")).value());
  return keys;
}

AccessClaims claims_at(TimePoint at) {
  AccessClaims claims{.subject = UserId{Ulid{{1}}},
                      .session = SessionId{Ulid{{2}}},
                      .token_id = Ulid{{3}},
                      .roles = {},
                      .issued_at = at,
                      .expires_at = at + 900s};
  claims.roles.add(Role::event_viewer);
  return claims;
}

class Algorithms : public testing::TestWithParam<crypto::SignatureKind> {};

TEST_P(Algorithms, WhatIsMintedIsVerified) {
  const SigningKeys keys(crypto::SignKey::generate(GetParam()));
  const auto token = mint_access_token(keys, names, claims_at(moment));
  EXPECT_TRUE(looks_like_token(token));
  const auto read = verify_access_token(keys, names, token, moment);
  ASSERT_TRUE(read.has_value()) << read.error();
  EXPECT_EQ(read->subject, claims_at(moment).subject);
  EXPECT_EQ(read->session, claims_at(moment).session);
  EXPECT_EQ(read->token_id, claims_at(moment).token_id);
  EXPECT_TRUE(read->roles.has(Role::event_viewer));
  EXPECT_EQ(read->expires_at, moment + 900s);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Algorithms,
                         testing::Values(crypto::SignatureKind::rsa_sha256,
                                         crypto::SignatureKind::p256_sha256, crypto::SignatureKind::ed25519));

TEST(AccessToken, TheCorpusOfGoodOnesIsAccepted) {
  for (const auto& token : lines_of(corpus / "good.txt")) {
    const auto read = verify_access_token(corpus_keys(), names, token, moment);
    EXPECT_TRUE(read.has_value()) << read.error() << ": " << token;
  }
}

// Every class of section A that has a file, A01 to A17.
TEST(AccessToken, TheCorpusOfForgedOnesIsRefused) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(corpus)) {
    const auto name = entry.path().filename().string();
    if (entry.path().extension() != ".txt" || name == "good.txt") continue;
    ++files;
    for (const auto& token : lines_of(entry.path()))
      EXPECT_FALSE(verify_access_token(corpus_keys(), names, token, moment).has_value())
          << name << ": " << token;
  }
  EXPECT_EQ(files, 17U);
}

// A11: to the second.
TEST(AccessToken, EndsAndBeginsWithTheLeeway) {
  const SigningKeys keys(crypto::SignKey::generate(crypto::SignatureKind::ed25519));
  const auto token = mint_access_token(keys, names, claims_at(moment));
  const auto is_good = [&](TimePoint now) {
    return verify_access_token(keys, names, token, now).has_value();
  };
  const auto end = moment + 900s + token_leeway;
  EXPECT_TRUE(is_good(end - 1us));
  EXPECT_FALSE(is_good(end));
  EXPECT_TRUE(is_good(moment - token_leeway));
  EXPECT_FALSE(is_good(moment - token_leeway - 1us));
  EXPECT_TRUE(verify_access_token(keys, names, token, end, Expiry::ignored).has_value());
}

// A18.
TEST(AccessToken, ARetiredKeyVerifiesUntilItsGraceEnds) {
  const SigningKeys before(crypto::SignKey::generate(crypto::SignatureKind::ed25519));
  const auto token = mint_access_token(before, names, claims_at(moment));
  const SigningKeys after(crypto::SignKey::generate(crypto::SignatureKind::ed25519),
                          {PreviousKey{.key = before.current(), .until = moment + 60s}});
  EXPECT_TRUE(verify_access_token(after, names, token, moment + 59s).has_value());
  EXPECT_FALSE(verify_access_token(after, names, token, moment + 60s).has_value());
  EXPECT_TRUE(after.key_set(moment + 59s).contains(before.current_id()));
  EXPECT_FALSE(after.key_set(moment + 60s).contains(before.current_id()));
}

// A16: a megabyte is not even taken apart.
TEST(AccessToken, AHugeOneIsRefused) {
  const std::string token = "ey" + std::string(1'048'576, 'A') + ".AAAA.AAAA";
  EXPECT_EQ(verify_access_token(corpus_keys(), names, token, moment).error(), "it is no signed token");
}

TEST(SigningKeys, TheKidIsTheThumbprintOfRfc8037) {
  // RFC 8037, appendices A.1 and A.3.
  const auto key = crypto::SignKey::from_pem(
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
      "-----END PRIVATE KEY-----\n");
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key_id(*key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

}  // namespace
}  // namespace xzepr::identity
