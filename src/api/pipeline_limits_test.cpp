#include "api/pipeline_world_test.hpp"

namespace xzepr::api {
namespace {

class LimitedPipelines : public PipelineTest {
 protected:
  LimitedPipelines() : PipelineTest({.anonymous_rpm = 3, .authenticated_rpm = 5, .per_endpoint = {}}) {}
};

TEST_F(LimitedPipelines, CountAndTell) {
  const auto first = ask_as(writer_, "GET", "/things/1");
  EXPECT_EQ(header_of(first, "X-RateLimit-Limit"), "5");
  EXPECT_EQ(header_of(first, "X-RateLimit-Remaining"), "4");
  for (int i = 0; i < 4; ++i) (void)ask_as(writer_, "GET", "/things/1");
  const auto refused = ask_as(writer_, "GET", "/things/1");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(code(refused), "rate_limited");
  EXPECT_NE(header_of(refused, "Retry-After"), "");
  EXPECT_EQ(header_of(refused, "X-RateLimit-Remaining"), "0");
  EXPECT_EQ(ask_as(viewer_, "GET", "/things/1").status, 200) << "another user has a bucket of its own";
  EXPECT_EQ(ask("GET", "/live").status, 200) << "probes are not counted";
}

TEST_F(LimitedPipelines, CountGuessesByAddressWhateverTheKey) {
  int unauthorized = 0;
  int limited = 0;
  for (int i = 0; i < 10; ++i) {
    const auto status = ask_as(identity::make_api_key(), "GET", "/things/1").status;
    unauthorized += status == 401 ? 1 : 0;
    limited += status == 429 ? 1 : 0;
  }
  EXPECT_EQ(unauthorized, 3);
  EXPECT_EQ(limited, 7);
}

class PlayedBuckets final : public limits::SharedBuckets {
 public:
  [[nodiscard]] bool is_up() const override { return up; }
  [[nodiscard]] Task<std::optional<std::array<limits::Taken, 2>>> take(limits::Demands demands) override {
    keys.push_back(demands.buckets[0].key);
    co_return says;
  }

  bool up = true;
  std::optional<std::array<limits::Taken, 2>> says;
  std::vector<std::string> keys;
};

class SharingPipelines : public PipelineTest {
 protected:
  SharingPipelines()
      : PipelineTest({.anonymous_rpm = 3, .authenticated_rpm = 5, .per_endpoint = {}}, &shared_) {}

  PlayedBuckets shared_;
};

TEST_F(SharingPipelines, TellWhatAllNodesCounted) {
  shared_.says = std::array{limits::Taken{.is_admitted = true, .tokens = 2}, limits::Taken{}};
  const auto admitted = ask_as(writer_, "GET", "/things/1");
  EXPECT_EQ(admitted.status, 200);
  EXPECT_EQ(header_of(admitted, "X-RateLimit-Remaining"), "2");
  shared_.says = std::array{limits::Taken{}, limits::Taken{}};
  EXPECT_EQ(ask_as(writer_, "GET", "/things/1").status, 429);
  EXPECT_EQ(shared_.keys.size(), 2U);
  EXPECT_EQ(ask_as(writer_, "GET", "/things/1").status, 429);
  EXPECT_EQ(shared_.keys.size(), 2U) << "who is over the limit is refused here";
}

TEST_F(SharingPipelines, CountAloneWithoutAnAnswer) {
  EXPECT_EQ(header_of(ask_as(writer_, "GET", "/things/1"), "X-RateLimit-Remaining"), "4");
  shared_.up = false;
  for (const auto* left : {"3", "2", "1", "0"})
    EXPECT_EQ(header_of(ask_as(writer_, "GET", "/things/1"), "X-RateLimit-Remaining"), left);
  EXPECT_EQ(ask_as(writer_, "GET", "/things/1").status, 429);
  EXPECT_EQ(shared_.keys.size(), 1U) << "nobody waits for who is known to be away";
  EXPECT_TRUE(metrics_.render().contains("xzepr_rate_limit_alone_total 5\n"));
}

TEST_F(SharingPipelines, AskNobodyForWhatIsNotCounted) {
  EXPECT_EQ(ask("GET", "/live").status, 200);
  EXPECT_TRUE(shared_.keys.empty());
}

}  // namespace
}  // namespace xzepr::api
