#include "cli/cli_test.hpp"

namespace xzepr::cli {
namespace {

class WebhookCommands : public CommandLine {
 protected:
  static std::string delivery(std::string_view status, std::string_view error = "") {
    return std::string(R"({"id":"01JE4Q8Z5X8R4B1T6V0N2M3K7D","status":")") + std::string(status) +
           R"(","last_status":204,"last_took_ms":3,"last_error":")" + std::string(error) + "\"}";
  }
};

}  // namespace

TEST_F(WebhookCommands, CreateSendsWhatWasAskedForAndPrintsTheSecret) {
  answers(201, R"({"id":"i","name":"deploy","old_secret_until":null,"secret":"whsec_abc"})");
  EXPECT_EQ(run({"webhook", "create", "deploy", "https://x.example", "--group", "ready", "--success", "true",
                 "--header", "Authorization: Bearer a:b", "-o", "ndjson"}),
            ExitCode::ok);
  EXPECT_EQ(requests_.at(0).body,
            R"({"name":"deploy","url":"https://x.example","filter":{"group":"ready","success":true},)"
            R"("headers":{"Authorization":"Bearer a:b"}})");
  EXPECT_NE(out_.find("whsec_abc"), std::string::npos);
  EXPECT_NE(err_.find("not shown again"), std::string::npos);
  EXPECT_EQ(run({"webhook", "create", "deploy", "https://x.example", "--header", "nonsense"}),
            ExitCode::usage);
}

TEST_F(WebhookCommands, ATestWaitsForWhatCameOfIt) {
  answers(201, delivery("pending"));
  answers(200, delivery("pending"));
  answers(200, delivery("delivered"));
  EXPECT_EQ(run({"webhook", "test", "deploy"}), ExitCode::ok);
  EXPECT_EQ(asked(0), "POST /api/v1/webhooks/deploy/test");
  EXPECT_EQ(asked(2), "GET /api/v1/webhooks/deploy/deliveries/01JE4Q8Z5X8R4B1T6V0N2M3K7D");
  answers(201, delivery("failed", "answered 500"));
  EXPECT_EQ(run({"webhook", "test", "deploy"}), ExitCode::failure);
  EXPECT_NE(out_.find("answered 500"), std::string::npos);
}

TEST_F(WebhookCommands, AReplayGoesOnUntilAllWasLookedAt) {
  answers(200, R"({"queued":3,"position":10000,"until":15000,"has_more":true})");
  answers(200, R"({"queued":2,"position":15000,"until":15000,"has_more":false})");
  EXPECT_EQ(run({"webhook", "replay", "deploy", "--after", "5", "--artifact", "app@*", "-o", "ndjson"}),
            ExitCode::ok);
  EXPECT_EQ(requests_.at(0).body, R"({"after":5,"artifact":"app@*"})");
  EXPECT_EQ(requests_.at(1).body, R"({"after":10000,"artifact":"app@*","until":15000})");
  EXPECT_NE(out_.find(R"("queued":5)"), std::string::npos) << out_;
  answers(200, R"({"queued":0,"position":0,"until":0,"has_more":false})");
  EXPECT_EQ(run({"webhook", "replay", "deploy", "--failed"}), ExitCode::ok);
  EXPECT_EQ(requests_.at(2).body, R"({"failed":true})");
  EXPECT_EQ(run({"webhook", "replay", "deploy"}), ExitCode::usage) << "of what?";
  EXPECT_EQ(run({"webhook", "replay", "deploy", "--failed", "--after", "1"}), ExitCode::usage);
  EXPECT_EQ(run({"webhook", "replay", "deploy", "--failed", "--type", "t"}), ExitCode::usage);
}

TEST_F(WebhookCommands, SwitchesAndSecrets) {
  answers(204, "");
  EXPECT_EQ(run({"webhook", "disable", "deploy"}), ExitCode::ok);
  EXPECT_EQ(requests_.at(0).body, R"({"enabled":false})");
  answers(200, R"({"id":"i","name":"deploy","old_secret_until":null,"secret":"whsec_new"})");
  EXPECT_EQ(run({"webhook", "rotate-secret", "deploy", "--keep-hours", "0"}), ExitCode::ok);
  EXPECT_EQ(requests_.at(1).body, R"({"keep_hours":0})");
  EXPECT_NE(out_.find("whsec_new"), std::string::npos);
  answers(404, R"({"code":"webhook_unknown","detail":"there is no webhook x","status":404})");
  EXPECT_EQ(run({"webhook", "delete", "x"}), ExitCode::not_found);
}

}  // namespace xzepr::cli
