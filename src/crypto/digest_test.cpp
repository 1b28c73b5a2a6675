#include "crypto/digest.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace xzepr::crypto {
namespace {

using namespace std::string_view_literals;

std::string repeated(char c, std::size_t count) { return std::string(count, c); }

// FIPS 180-4's examples.
TEST(Sha256, GivesTheDigestsOfTheStandard) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(repeated('a', 1'000'000))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsSafeFromManyThreads) {
  const auto expected = sha256("abc");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&expected] {
      for (int round = 0; round < 1000; ++round) ASSERT_EQ(sha256("abc"), expected);
    });
  }
}

// RFC 4231, cases 1, 2, 3, 6 and 7.
TEST(HmacSha256, GivesTheCodesOfTheStandard) {
  EXPECT_EQ(to_hex(hmac_sha256(repeated('\x0b', 20), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(repeated('\xaa', 20), repeated('\xdd', 50))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(
      to_hex(hmac_sha256(repeated('\xaa', 131), "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(to_hex(hmac_sha256(
                repeated('\xaa', 131),
                "This is a test using a larger than block-size key and a larger than block-size data. The "
                "key needs to be hashed before being used by the HMAC algorithm.")),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacSha256, TakesAnEmptyKeyAndAnEmptyText) {
  EXPECT_EQ(to_hex(hmac_sha256("", "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(to_hex(hmac_sha256(std::string_view{}, std::string_view{})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Crc32, IsTheOneOfZlib) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("\xFF\xFF\xFF\xFF"), 0xFFFFFFFFU);
}

TEST(EqualInConstantTime, ComparesBytes) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("a\0b"sv, "a\0b"sv));
  EXPECT_FALSE(equal_in_constant_time("a\0b"sv, "a\0c"sv));
  EXPECT_FALSE(equal_in_constant_time("a", "ab"));
}

// B16. Where the first difference is does not show: an early exit would answer a hundred times sooner.
TEST(EqualInConstantTime, TakesAsLongWhereverTheDifferenceIs) {
  using Clock = std::chrono::steady_clock;
  const std::string one(1'000'000, 'a');
  const auto fastest = [&](const std::string& other) {
    auto least = Clock::duration::max();
    for (int i = 0; i < 50; ++i) {
      const auto begun = Clock::now();
      EXPECT_EQ(equal_in_constant_time(one, other), one == other);
      least = std::min(least, Clock::now() - begun);
    }
    return least;
  };
  auto early = one;
  early.front() = 'b';
  auto late = one;
  late.back() = 'b';
  EXPECT_GT(fastest(early) * 3, fastest(late));
  EXPECT_GT(fastest(early) * 3, fastest(one));
}

// RFC 4648, section 10, without padding.
TEST(Base64url, GivesTheSpellingOfTheStandard) {
  EXPECT_EQ(to_base64url(""), "");
  EXPECT_EQ(to_base64url("f"), "Zg");
  EXPECT_EQ(to_base64url("fo"), "Zm8");
  EXPECT_EQ(to_base64url("foo"), "Zm9v");
  EXPECT_EQ(to_base64url("foob"), "Zm9vYg");
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
}

TEST(Base64url, EveryByteComesBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<char>(i));
    std::string read;
    ASSERT_TRUE(from_base64url(to_base64url(bytes), read));
    ASSERT_EQ(read, bytes);
  }
}

TEST(Base64url, NothingButTheCanonicalSpellingIsRead) {
  std::string bytes;
  EXPECT_TRUE(from_base64url("", bytes));
  const std::vector<std::string_view> spellings = {"Z",     "Zg==",    "Zg=",         "Zh",      "Zm9",
                                                   "Zm9vY", "Zm9v Yg", "Zm9v\n",      " Zm9v",   "+_8",
                                                   "-/8",   "Zm9v=",   "Zm9\xC3\xA9", "Zm\0v"sv, "Zm9v\0"sv};
  for (const auto text : spellings) {
    EXPECT_FALSE(from_base64url(text, bytes)) << text;
    EXPECT_TRUE(bytes.empty());
  }
}

TEST(Base64, HasPaddingAndLettersOfItsOwn) {
  std::string bytes;
  for (const auto& [plain, spelt] :
       {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"\xfb\xff", "+/8="}}) {
    EXPECT_EQ(to_base64(plain), spelt);
    EXPECT_TRUE(from_base64(spelt, bytes));
    EXPECT_EQ(bytes, plain);
  }
  for (const std::string_view text : {"Zg", "Zg=", "Zh==", "-_8=", "Zg== ", "Zg==Zg==", "=", "===="}) {
    EXPECT_FALSE(from_base64(text, bytes)) << text;
    EXPECT_TRUE(bytes.empty());
  }
}

TEST(Sha256Stream, GivesWhatTheWholeGives) {
  Sha256Stream stream;
  stream.add("a");
  stream.add("");
  stream.add("bc");
  EXPECT_EQ(stream.finish(), sha256("abc"));
}

TEST(Base64url, NoByteBeyondAsciiIsALetter) {
  std::string bytes;
  for (int c = 128; c < 256; ++c) {
    const std::string text = std::string("AAAA") + static_cast<char>(c) + "AAA";
    EXPECT_FALSE(from_base64url(text, bytes)) << c;
    EXPECT_TRUE(bytes.empty());
  }
}

}  // namespace
}  // namespace xzepr::crypto
