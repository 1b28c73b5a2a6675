// Against listeners that misbehave: tests/e2e/support/hostile_provider.py.
#include "identity/oidc/fetch.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "identity/oidc/provider_test.hpp"
#include "json/parse.hpp"

namespace xzepr::identity::oidc {
namespace {

// The listeners; they end when their input does.
class Listeners {
 public:
  Listeners() {
    std::string name = (std::filesystem::temp_directory_path() / "xzepr-oidc-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    const auto command = fmt::format("python3 {}/tests/e2e/support/hostile_provider.py {} >{}/urls 2>{}/log",
                                     XZEPR_SOURCE_DIR, folder_, folder_, folder_);
    pipe_ = popen(command.c_str(), "w");
    while (read_urls().empty() && !is_over()) usleep(20'000);
    if (const auto value = json::parse(read_urls())) urls_ = value->as_object();
  }
  ~Listeners() {
    pclose(pipe_);
    std::filesystem::remove_all(folder_);
  }
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;

  [[nodiscard]] std::string url(std::string_view name) const {
    const auto* found = urls_.if_contains(name);
    return found == nullptr ? std::string{} : std::string(json::view(found->as_string()));
  }
  [[nodiscard]] std::string ca_file() const { return folder_ + "/ca.pem"; }

 private:
  [[nodiscard]] std::string read_urls() const {
    std::array<char, 4'096> text{};
    auto* file = std::fopen((folder_ + "/urls").c_str(), "r");
    if (file == nullptr) return {};
    const auto size = std::fread(text.data(), 1, text.size(), file);
    std::fclose(file);
    const std::string whole(text.data(), size);
    return whole.ends_with('\n') ? whole : std::string{};
  }
  bool is_over() { return ++looks_ > 3'000; }

  std::string folder_;
  std::FILE* pipe_ = nullptr;
  json::Object urls_;
  int looks_ = 0;
};

class FetchTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { listeners = std::make_unique<Listeners>(); }
  static void TearDownTestSuite() { listeners.reset(); }
  // The status, or what is wrong.
  static std::string get(std::string_view name, HttpFetcher& fetcher) {
    const auto answer = run(fetcher.fetch(json_request(listeners->url(name))));
    return answer ? std::to_string(answer->status) : std::string(answer.error().code);
  }

  static std::unique_ptr<Listeners> listeners;
};
std::unique_ptr<Listeners> FetchTest::listeners;

}  // namespace

TEST_F(FetchTest, C18TrustsTheGivenAuthorityAndNothingElse) {
  HttpFetcher own(listeners->ca_file());
  EXPECT_EQ(get("good", own), "200");
  EXPECT_EQ(get("plain", own), "200");
  for (const auto* name : {"selfsigned", "wronghost", "expired", "old"})
    EXPECT_EQ(get(name, own), "oidc_unavailable") << name;
  HttpFetcher standard("");
  EXPECT_EQ(get("good", standard), "oidc_unavailable");
}

TEST_F(FetchTest, C19StopsAtAMebibyteAndFollowsNoRedirect) {
  HttpFetcher fetcher("");
  EXPECT_EQ(get("big", fetcher), "oidc_unavailable");
  EXPECT_EQ(get("flood", fetcher), "oidc_unavailable");
  EXPECT_EQ(get("redirect", fetcher), "302");
}

TEST_F(FetchTest, C19R27StopsWhenItsTimeIsOver) {
  static_assert(answer_time == std::chrono::seconds{10});
  HttpFetcher fetcher("", std::chrono::milliseconds{200});
  EXPECT_EQ(get("endless", fetcher), "oidc_unavailable");
  EXPECT_EQ(get("silent", fetcher), "oidc_unavailable");
}

TEST_F(FetchTest, R27OneThatIsStuckDoesNotStopTheNext) {
  HttpFetcher fetcher("", std::chrono::seconds{5});
  asio::io_context loop{1};
  bool is_stuck = true;
  std::string answered;
  asio::co_spawn(loop, fetcher.fetch(json_request(listeners->url("silent"))),
                 [&](std::exception_ptr, const Result<http::ClientResponse>&) { is_stuck = false; });
  asio::co_spawn(loop, fetcher.fetch(json_request(listeners->url("plain"))),
                 [&](std::exception_ptr, const Result<http::ClientResponse>& answer) {
                   answered = answer && is_stuck ? "first" : "late";
                 });
  loop.run();
  EXPECT_EQ(answered, "first");
  EXPECT_FALSE(is_stuck);
}

TEST_F(FetchTest, R27RefusesWhatHasNoRoomToWait) {
  HttpFetcher fetcher("", std::chrono::milliseconds{300});
  asio::io_context loop{1};
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    asio::co_spawn(
        loop, fetcher.fetch(json_request(listeners->url("silent"))),
        [&](std::exception_ptr, const Result<http::ClientResponse>& answer) { refused += answer ? 0 : 1; });
  }
  loop.run();
  EXPECT_EQ(refused, 100);
}

}  // namespace xzepr::identity::oidc
