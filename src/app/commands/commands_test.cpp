#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/commands/local_commands.hpp"
#include "cli/run.hpp"

namespace xzepr::app {
namespace {

// A folder of its own, gone afterwards.
class Commands : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "xzepr-commands-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ + "/config.yaml";
    write("database: {url: \"sqlite:" + folder_ + "/data/x.db\"}\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& text) { std::ofstream(file_) << text; }

  cli::ExitCode run(std::vector<std::string> arguments) {
    out_.clear();
    err_.clear();
    cli::Session session = cli::make_session(local_commands());
    session.variables = [](std::string_view) { return std::nullopt; };
    session.terminal = {.out = [this](std::string_view text) { out_ += text; },
                        .err = [this](std::string_view text) { err_ += text; }};
    return cli::run(session, std::move(arguments));
  }
  std::string key_of_output() const {
    const auto at = out_.find("xzepr_");
    return at == out_.npos ? std::string() : out_.substr(at, out_.find_first_of(" \n\t", at) - at);
  }

  std::string folder_, file_, out_, err_;
};

using cli::ExitCode;

TEST_F(Commands, MigrateAppliesEachStepOnce) {
  EXPECT_EQ(run({"migrate", "up", "--config", file_}), ExitCode::ok) << err_;
  EXPECT_TRUE(out_.contains("0001")) << out_;
  EXPECT_EQ(run({"migrate", "up", "--config", file_, "-o", "json"}), ExitCode::ok);
  EXPECT_EQ(out_, "[]\n");
  EXPECT_EQ(run({"migrate", "status", "--config", file_}), ExitCode::ok);
  EXPECT_TRUE(out_.contains("0001")) << out_;
}

TEST_F(Commands, BootstrapMakesOneAdministratorAndNoSecond) {
  ASSERT_EQ(run({"migrate", "up", "--config", file_}), ExitCode::ok);
  EXPECT_EQ(run({"admin", "bootstrap", "--config", file_}), ExitCode::ok) << err_;
  EXPECT_EQ(key_of_output().size(), 42U) << out_;
  EXPECT_EQ(run({"admin", "bootstrap", "--config", file_}), ExitCode::conflict);
  EXPECT_EQ(out_, "");
}

TEST_F(Commands, ALostAdminKeyIsReplacedOnTheDatabase) {
  ASSERT_EQ(run({"migrate", "up", "--config", file_}), ExitCode::ok);
  ASSERT_EQ(run({"admin", "bootstrap", "--config", file_}), ExitCode::ok);
  EXPECT_EQ(run({"admin", "key", "create", "--config", file_}), ExitCode::ok) << err_;
  const std::string key = key_of_output();
  EXPECT_EQ(key.size(), 42U);
  EXPECT_EQ(run({"admin", "key", "list", "--config", file_, "-o", "ndjson"}), ExitCode::ok) << err_;
  EXPECT_EQ(std::ranges::count(out_, '\n'), 2) << out_;
  EXPECT_FALSE(out_.contains(key));
}

TEST_F(Commands, AKeyIsRevokedByItsId) {
  ASSERT_EQ(run({"migrate", "up", "--config", file_}), ExitCode::ok);
  ASSERT_EQ(run({"admin", "key", "create", "--user", "ci", "--role", "event_manager", "--config", file_, "-o",
                 "tsv"}),
            ExitCode::ok)
      << err_;
  const auto begin = out_.find('\t', out_.find('\n')) + 1;
  const std::string id = out_.substr(begin, out_.find('\t', begin) - begin);
  EXPECT_EQ(run({"admin", "key", "revoke", id, "--config", file_}), ExitCode::ok) << id << err_;
  EXPECT_EQ(run({"admin", "key", "revoke", "nonsense", "--config", file_}), ExitCode::refused);
}

TEST_F(Commands, AnUnmigratedDatabaseSaysWhatToDo) {
  EXPECT_NE(run({"admin", "bootstrap", "--config", file_}), ExitCode::ok);
  EXPECT_TRUE(err_.contains("migrate up")) << err_;
}

TEST_F(Commands, ServeSaysEachProblemOfTheConfigurationInOneLine) {
  write("server: {prot: 1, port: x}\n");
  EXPECT_EQ(run({"serve", "--config", file_}), ExitCode::refused);
  EXPECT_EQ(err_, "xzepr: " + file_ + ":1: server.prot: unknown key; did you mean server.port?\nxzepr: " +
                      file_ + ":1: server.port: must be an integer from 0 to 65535, not \"x\"\n");
}

TEST_F(Commands, ServeInProductionWantsTlsBeforeIt) {
  EXPECT_EQ(run({"serve", "--config", file_}), ExitCode::refused);
  EXPECT_TRUE(err_.contains("server.tls_terminated_upstream")) << err_;
  EXPECT_EQ(std::ranges::count(err_, '\n'), 1);
}

TEST_F(Commands, ConfigShowGivesValuesWithTheirOrigin) {
  EXPECT_EQ(run({"config", "show", "--config", file_, "-o", "tsv"}), ExitCode::ok) << err_;
  EXPECT_TRUE(out_.contains("database.url\tsqlite:" + folder_ + "/data/x.db\t" + file_ + ":1\n")) << out_;
  EXPECT_TRUE(out_.contains("server.port\t8042\tdefault\n")) << out_;
}

TEST_F(Commands, ConfigCheckWarnsOfWhatHasNoEffectYet) {
  write("server: {tls_terminated_upstream: true}\nretention: {events_days: 7}\n");
  EXPECT_EQ(run({"config", "check", "--config", file_}), ExitCode::ok) << err_;
  EXPECT_TRUE(err_.contains("retention.events_days has no effect")) << err_;
}

TEST_F(Commands, ADataDirectoryIsADatabaseInIt) {
  EXPECT_EQ(run({"config", "show", "--data-dir", "/d", "-o", "tsv"}), ExitCode::ok);
  EXPECT_TRUE(out_.contains("database.url\tsqlite:/d/xzepr.db\t--data-dir\n")) << out_;
}

}  // namespace
}  // namespace xzepr::app
