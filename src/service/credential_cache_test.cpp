#include "service/credential_cache.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {

class Cached : public World {
 protected:
  CredentialCache cache;
  crypto::Sha256 hash = crypto::sha256("credential");
  bool is_known(std::int64_t revision, std::int64_t second) {
    return cache.find(hash, revision, at(second)).has_value();
  }
};

TEST_F(Cached, AnAnswerCountsForItsRevisionAndAMinute) {
  cache.put(hash, 7, at(0), viewer, std::nullopt);
  EXPECT_EQ(cache.find(hash, 7, at(59))->value(), viewer);
  EXPECT_FALSE(is_known(7, 60));
  cache.put(hash, 7, at(0), viewer, std::nullopt);
  EXPECT_FALSE(is_known(8, 1));
}

TEST_F(Cached, AnAnswerNeverOutlivesItsCredential) {
  cache.put(hash, 7, at(0), viewer, at(10));
  EXPECT_TRUE(is_known(7, 9));
  EXPECT_FALSE(is_known(7, 10));
}

TEST_F(Cached, ARefusalIsRememberedForASecond) {
  cache.put(hash, 7, at(0), std::unexpected(Error{.kind = Errc::unauthenticated, .code = "x", .detail = {}}),
            std::nullopt);
  EXPECT_FALSE(cache.find(hash, 7, at(0))->has_value());
  EXPECT_FALSE(is_known(7, 1));
}

}  // namespace xzepr::service
