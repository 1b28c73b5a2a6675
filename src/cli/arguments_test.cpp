#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/context_file.hpp"
#include "cli/time_arguments.hpp"

namespace xzepr::cli {
namespace {

using namespace std::chrono_literals;

TEST(Durations, AreReadAsPeopleWriteThem) {
  EXPECT_EQ(parse_duration("30m"), 30min);
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("45"), 45s);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("7d"), 24h * 7);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("0"), 0ms);
  for (const std::string_view text :
       {"", "m", "-1s", "1x", "1.5h", "99999999999999999999", "5000d", "3660d1s", " 1s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Moments, AreAbsoluteOrRelative) {
  const TimePoint now{std::chrono::sys_days(std::chrono::year(2026) / 1 / 31)};
  EXPECT_EQ(parse_moment("2h", now, Relative::earlier), "2026-01-30T22:00:00.000000Z");
  EXPECT_EQ(parse_moment("1d", now, Relative::later), "2026-02-01T00:00:00.000000Z");
  EXPECT_EQ(parse_moment("2025-12-24", now, Relative::later), "2025-12-24T00:00:00.000000Z");
  EXPECT_EQ(parse_moment("2025-12-24T18:00:00+02:00", now, Relative::later), "2025-12-24T16:00:00.000000Z");
  EXPECT_FALSE(parse_moment("soon", now, Relative::later));
}

class ContextFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "xzepr-context-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/config/xzepr/context.yaml";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_, path_;
};

TEST_F(ContextFile, IsWrittenForItsOwnerAlone) {
  const Context context{.url = "http://h: \"x\"", .api_key = "xzepr_k"};
  ASSERT_TRUE(write_context(path_, context));
  ASSERT_TRUE(write_context(path_, context));
  struct stat facts{};
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  ASSERT_EQ(stat((folder_ + "/config/xzepr").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
  EXPECT_EQ(read_context(path_).value_or(Context{}), context);
}

TEST_F(ContextFile, MayHoldNoKey) {
  const Context context{.url = "http://h"};
  ASSERT_TRUE(write_context(path_, context));
  EXPECT_EQ(read_context(path_).value_or(Context{}), context);
}

TEST_F(ContextFile, ThatIsNotThereIsEmpty) {
  const auto context = read_context(path_);
  ASSERT_TRUE(context);
  EXPECT_EQ(*context, Context{});
}

TEST_F(ContextFile, ThatOthersMayReadIsRefused) {
  ASSERT_TRUE(write_context(path_, {.url = "http://h", .api_key = "k"}));
  ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
  EXPECT_EQ(read_context(path_).error().hint, "chmod 600 " + path_);
}

TEST_F(ContextFile, ThatIsNoMapIsRefused) {
  ASSERT_TRUE(write_context(path_, {.url = "http://h"}));
  std::ofstream(path_) << "[1, 2";
  EXPECT_EQ(read_context(path_).error().code, "context_unreadable");
  std::ofstream(path_) << "[1, 2]";
  EXPECT_EQ(read_context(path_).error().code, "context_unreadable");
}

TEST_F(ContextFile, StandsWhereTheSystemSays) {
  const auto at = [](std::string xdg, std::string home) {
    return context_path([=](std::string_view name) -> std::optional<std::string> {
      const std::string& value = name == "HOME" ? home : xdg;
      return value.empty() ? std::nullopt : std::optional(value);
    });
  };
  EXPECT_EQ(at("/x", "/h"), "/x/xzepr/context.yaml");
  EXPECT_EQ(at("", "/h"), "/h/.config/xzepr/context.yaml");
  EXPECT_EQ(at("relative", "/h"), "/h/.config/xzepr/context.yaml");
  EXPECT_EQ(at("", ""), std::nullopt);
}

}  // namespace
}  // namespace xzepr::cli
