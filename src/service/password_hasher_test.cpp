#include "service/password_hasher.hpp"

#include <vector>

#include "service/world_test.hpp"

namespace xzepr::service {

TEST(PasswordHasher, HashesAndVerifiesBesideTheShards) {
  PasswordHasher hasher(1);
  const auto hash = run(hasher.hash("correct horse"));
  ASSERT_TRUE(hash.has_value());
  EXPECT_TRUE(run(hasher.verify("correct horse", *hash)).value());
  EXPECT_FALSE(run(hasher.verify("wrong horse", *hash)).value());
}

// B15: somebody without a password is verified as well, and never succeeds.
TEST(PasswordHasher, NobodysHashVerifiesNothing) {
  PasswordHasher hasher(1);
  EXPECT_FALSE(run(hasher.verify("", "")).value());
}

// B17.
TEST(PasswordHasher, TooManyAtOnceAreRefusedWithATimeToWait) {
  asio::io_context loop{1};
  PasswordHasher hasher(1);  // after the loop: its threads end before it
  std::vector<Result<bool>> answers;
  for (int i = 0; i < 20; ++i) {
    asio::co_spawn(
        loop, hasher.verify("correct horse", ""),
        [&](const std::exception_ptr&, Result<bool> answer) { answers.push_back(std::move(answer)); });
  }
  loop.run();
  ASSERT_EQ(answers.size(), 20U);
  const auto refused = std::ranges::count_if(answers, [](const auto& answer) { return !answer.has_value(); });
  EXPECT_GE(refused, 1);
  EXPECT_LE(refused, 11);
  for (const auto& answer : answers) {
    if (!answer) {
      EXPECT_GT(answer.error().retry_after, std::chrono::seconds{0});
    }
  }
}

}  // namespace xzepr::service
