#include "cli/cli_test.hpp"

namespace xzepr::cli {
namespace {

TEST_F(CommandLine, AdminUsesTheApiWhenOneIsNamed) {
  variables_["XZEPR_URL"] = "http://h";
  answers(201, R"({"id":"K","key":"xzepr_clear","username":"ci","roles":["user"]})");
  EXPECT_EQ(
      run({"admin", "key", "create", "--user", "ci", "--role", "user", "--rpm", "60", "--expires", "1d"}),
      ExitCode::ok)
      << err_;
  EXPECT_EQ(
      asked(),
      R"(POST /api/v1/api-keys {"name":"ci","username":"ci","roles":["user"],"rpm":60,"expires_at":"2026-02-01T00:00:00.000000Z"})");
  EXPECT_TRUE(out_.starts_with("KEY      xzepr_clear\n")) << out_;
}

TEST_F(CommandLine, AdminUsesTheDatabaseOtherwise) {
  std::string seen;
  session_.local.key_list = [&](const ConfigArguments& config,
                                const std::optional<std::string>& user) -> Result<json::Value> {
    seen = config.file + " " + user.value_or("-");
    return json::Value(json::Array{json::Object{{"id", "K"}}});
  };
  EXPECT_EQ(run({"admin", "key", "list", "--config", "c.yaml", "-o", "ndjson"}), ExitCode::ok);
  EXPECT_EQ(seen, "c.yaml -");
  EXPECT_EQ(out_, "{\"id\":\"K\"}\n");
}

TEST_F(CommandLine, ApiReachesEverything) {
  answers(200, R"({"data":[],"pagination":{}})");
  answers(201, "{}");
  answers(200, "# TYPE x counter\n");
  answers(404, R"({"code":"receiver_unknown","detail":"d"})");
  EXPECT_EQ(run({"api", "get", "events?name=x", "limit:=5"}), ExitCode::ok);
  EXPECT_EQ(asked(0), "GET /api/v1/events?name=x&limit=5");
  EXPECT_EQ(out_, "{\n  \"data\": [],\n  \"pagination\": {}\n}\n");
  EXPECT_EQ(run({"api", "POST", "/api/v1/events", "a:=1", "b=t"}), ExitCode::ok);
  EXPECT_EQ(asked(1), R"(POST /api/v1/events {"a":1,"b":"t"})");
  EXPECT_EQ(run({"api", "GET", "/metrics"}), ExitCode::ok);
  EXPECT_EQ(out_, "# TYPE x counter\n");
  EXPECT_EQ(run({"api", "GET", "receivers/nobody"}), ExitCode::not_found);
}

TEST_F(CommandLine, StatusShowsTheChecksToWhoMaySeeThem) {
  variables_["XZEPR_API_KEY"] = "k";
  answers(200, R"({"status":"healthy","version":"0.1.0"})");
  answers(
      200,
      R"({"status":"healthy","version":"0.1.0","uptime":5,"checks":{"database":{"status":"healthy","message":"sqlite","response_time_ms":0.1}}})");
  EXPECT_EQ(run({"status"}), ExitCode::ok) << err_;
  EXPECT_TRUE(out_.contains("database  healthy")) << out_;
  answers(503, R"({"status":"unhealthy","version":"0.1.0"})");
  answers(403, R"({"status":403,"code":"permission_denied"})");
  EXPECT_EQ(run({"status"}), ExitCode::failure);
  EXPECT_TRUE(out_.contains("unhealthy")) << out_;
}

TEST_F(CommandLine, HelpStandsWithItsExamplesFirst) {
  EXPECT_EQ(run({"event", "post", "--help"}), ExitCode::ok);
  EXPECT_TRUE(
      out_.starts_with("Post one event about an artifact\n\nExamples:\n  xzepr event post build app 1.4.2\n"))
      << out_;
  EXPECT_LT(out_.find("Examples:"), out_.find("Usage: xzepr event post"));
  EXPECT_EQ(run({"--help"}), ExitCode::ok);
  EXPECT_TRUE(out_.contains("group")) << out_;
}

TEST_F(CommandLine, EveryCommandHasHelpWithExamples) {
  const std::vector<std::vector<std::string>> commands = {{"serve"},
                                                          {"config"},
                                                          {"config", "show"},
                                                          {"config", "check"},
                                                          {"config", "reference"},
                                                          {"migrate"},
                                                          {"migrate", "up"},
                                                          {"migrate", "status"},
                                                          {"event"},
                                                          {"event", "post"},
                                                          {"event", "get"},
                                                          {"event", "list"},
                                                          {"event", "import"},
                                                          {"receiver"},
                                                          {"receiver", "create"},
                                                          {"receiver", "get"},
                                                          {"receiver", "list"},
                                                          {"receiver", "validate"},
                                                          {"receiver", "enable"},
                                                          {"receiver", "disable"},
                                                          {"receiver", "delete"},
                                                          {"group"},
                                                          {"gate", "create"},
                                                          {"group", "get"},
                                                          {"group", "list"},
                                                          {"group", "enable"},
                                                          {"group", "disable"},
                                                          {"group", "delete"},
                                                          {"group", "members"},
                                                          {"group", "members", "list"},
                                                          {"group", "members", "add"},
                                                          {"group", "members", "remove"},
                                                          {"gate", "status"},
                                                          {"gate", "wait"},
                                                          {"artifact"},
                                                          {"artifact", "list"},
                                                          {"artifact", "get"},
                                                          {"artifact", "timeline"},
                                                          {"admin"},
                                                          {"admin", "bootstrap"},
                                                          {"admin", "key"},
                                                          {"admin", "key", "create"},
                                                          {"admin", "key", "list"},
                                                          {"admin", "key", "revoke"},
                                                          {"api"},
                                                          {"status"},
                                                          {"login"},
                                                          {"logout"},
                                                          {"whoami"},
                                                          {"version"}};
  for (std::vector<std::string> command : commands) {
    const std::string name = command.back();
    command.emplace_back("--help");
    EXPECT_EQ(run(command), ExitCode::ok) << name << err_;
    EXPECT_TRUE(out_.contains("\nExamples:\n  xzepr ")) << name << out_;
  }
}

TEST_F(CommandLine, TheVersionIsPrinted) {
  EXPECT_EQ(run({"version"}), ExitCode::ok);
  EXPECT_EQ(out_, std::string("xzepr ") + XZEPR_VERSION + "\n");
  EXPECT_EQ(run({"--version"}), ExitCode::ok);
  EXPECT_EQ(out_, std::string("xzepr ") + XZEPR_VERSION + "\n");
  EXPECT_EQ(run({"version", "-o", "json"}), ExitCode::ok);
}

}  // namespace
}  // namespace xzepr::cli
