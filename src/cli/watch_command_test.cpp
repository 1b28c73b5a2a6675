#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/child.hpp"
#include "cli/cli_test.hpp"
#include "cli/files.hpp"

namespace xzepr::cli {
namespace {

std::string message(int position, std::string_view kind = "event.created", bool success = true) {
  return fmt::format(
      "id: 1.{0}\nevent: {1}\ndata: "
      "{{\"id\":\"m{0}\",\"type\":\"t\",\"time\":\"2026-01-31T09:30:00.123456Z\",\"subject\":\"app@1.{0}\","
      "\"kind\":\"{1}\",\"success\":{2},\"platformid\":\"amd64\",\"data\":{{\"events\":[]}}}}\n\n",
      position, kind, success);
}

class WatchTest : public CommandLine {
 protected:
  std::string header(std::size_t call, std::string_view name) const {
    for (const auto& [key, value] : requests_.at(call).headers) {
      if (key == name) return value;
    }
    return {};
  }
};

}  // namespace

TEST_F(WatchTest, PrintsALineForEachMessageAndGoesOnWhereItWas) {
  answers(200, "retry: 1000\nid: 1.0\n\n" + message(1) + message(2, "group.complete"));
  answers(200, message(3, "event.created", false));
  EXPECT_EQ(run({"watch", "--after", "0", "--count", "3", "--artifact", "app@*"}), ExitCode::ok);
  EXPECT_EQ(out_,
            "2026-01-31T09:30:00  event.created     ok     app@1.1  t\n"
            "2026-01-31T09:30:00  group.complete    ok     app@1.2  t\n"
            "2026-01-31T09:30:00  event.created     failed app@1.3  t\n");
  EXPECT_EQ(asked(0), "GET /api/v1/stream?artifact=app%40%2A&after=0");
  EXPECT_EQ(header(0, "Accept"), "text/event-stream");
  EXPECT_EQ(asked(1), "GET /api/v1/stream?artifact=app%40%2A");
  EXPECT_EQ(header(1, "Last-Event-ID"), "1.2");
}

TEST_F(WatchTest, TailShowsEventsOnly) {
  answers(200, message(1, "receiver.created") + message(2));
  EXPECT_EQ(run({"event", "tail", "--count", "1", "-o", "ndjson"}), ExitCode::ok);
  EXPECT_TRUE(out_.starts_with(R"({"id":"m2")")) << out_;
}

TEST_F(WatchTest, RunsACommandForEachAndRemembersWhatIsDone) {
  files_["place"] = "1.4\n";
  answers(200, message(5) + "id: 1.9\n\n");
  answers(200, message(10));
  EXPECT_EQ(run({"watch", "--exec", "./deploy", "--position-file", "place", "--count", "2"}), ExitCode::ok);
  EXPECT_EQ(header(0, "Last-Event-ID"), "1.4");
  EXPECT_EQ(header(1, "Last-Event-ID"), "1.9") << "what the filters left out counts as done";
  ASSERT_EQ(children_.size(), 2U);
  EXPECT_TRUE(children_[0].starts_with("./deploy < {\"id\":\"m5\"")) << children_[0];
  for (const auto* variable : {"XZEPR_MESSAGE_KIND=event.created\n", "XZEPR_MESSAGE_SUCCESS=true\n",
                               "XZEPR_MESSAGE_PLATFORMID=amd64\n", "XZEPR_MESSAGE_SUBJECT=app@1.5\n"})
    EXPECT_NE(children_[0].find(variable), std::string::npos) << variable;
  EXPECT_EQ(files_["place"], "1.10\n");
  EXPECT_EQ(out_, "");
}

TEST_F(WatchTest, ACommandThatFailsIsTriedAgainAndThenEndsIt) {
  child_codes_ = {1, 1};
  answers(200, message(1));
  EXPECT_EQ(run({"watch", "--exec", "c", "--count", "1", "--position-file", "place"}), ExitCode::ok);
  EXPECT_EQ(children_.size(), 3U);
  children_.clear();
  child_codes_ = {3, 3, 3, 3, 3};
  answers(200, message(2) + message(3));
  EXPECT_EQ(run({"watch", "--exec", "c", "--position-file", "place"}), ExitCode::failure);
  EXPECT_EQ(children_.size(), 5U);
  EXPECT_EQ(files_["place"], "1.1\n") << "it is not done";
  EXPECT_NE(err_.find("ended with 3"), std::string::npos) << err_;
}

TEST_F(WatchTest, TriesAgainWhenTheServerIsAwayAndEndsWhenItSaysNo) {
  answers(503, R"({"code":"unavailable","detail":"draining","hint":"again"})");
  answers(200, message(1));
  answers(401, R"({"code":"credentials_invalid","detail":"the credential is not valid","hint":"another"})");
  EXPECT_EQ(run({"watch"}), ExitCode::login_needed);
  EXPECT_EQ(requests_.size(), 3U);
  EXPECT_NE(err_.find("draining; trying again"), std::string::npos) << err_;
}

TEST(Child, GetsItsInputAndItsVariables) {
  EXPECT_EQ(run_child("test \"$(cat)\" = hello && test \"$NAME\" = value", {{"NAME", "value"}}, "hello\n"),
            0);
  EXPECT_EQ(run_child("exit 7", {}, "nobody reads this"), 7);
  EXPECT_EQ(run_child("true", {}, std::string(1'000'000, 'x')), 0) << "it need not read";
  EXPECT_EQ(run_child("kill -9 $$", {}, ""), 137);
}

TEST(Files, AreReplacedWholeOrNotAtAll) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("xzepr-files-{}", ::getpid());
  std::filesystem::create_directory(folder);
  const std::string path = folder / "place";
  EXPECT_TRUE(replace_file(path, "1.1\n").has_value());
  EXPECT_TRUE(replace_file(path, "1.2\n").has_value());
  EXPECT_EQ(read_whole_file(path).value(), "1.2\n");
  const auto refused = replace_file(folder / "nowhere/place", "x");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "file_unwritable");
  EXPECT_NE(refused.error().detail.find("No such file"), std::string::npos) << refused.error().detail;
  std::filesystem::create_directory(folder / "folder");
  EXPECT_FALSE(replace_file(folder / "folder", "x").has_value());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 2) << "nothing is left behind";
  std::filesystem::remove_all(folder);
}

}  // namespace xzepr::cli
