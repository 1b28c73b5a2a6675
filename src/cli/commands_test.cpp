#include "cli/cli_test.hpp"

namespace xzepr::cli {
namespace {

constexpr auto posted =
    R"({"data":"E1","id":"E1","position":7,"gates":[{"id":"G","name":"ready","state":"pending"}]})";
constexpr auto empty_page = R"({"data":[],"pagination":{"limit":50,"next":null,"has_more":false}})";

TEST_F(CommandLine, AnEventIsPostedWithItsDefaults) {
  answers(201, posted);
  EXPECT_EQ(run({"event", "post", "build", "app", "1.4.2"}), ExitCode::ok) << err_;
  EXPECT_EQ(
      asked(),
      "POST /api/v1/events "
      R"({"event_receiver":"build","name":"app","version":"1.4.2","release":"0","platform_id":"any","package":"generic","success":true,"payload":{}})");
  EXPECT_EQ(out_, "ID        E1\nPOSITION  7\nGATES     ready pending\n");
}

TEST_F(CommandLine, AnEventTakesItsPayloadFromFieldsAndFiles) {
  answers(201, posted);
  files_ = {{"p.json", R"({"a":1})"}, {"log", "text\n"}};
  EXPECT_EQ(run({"event",
                 "post",
                 "build",
                 "app",
                 "1",
                 "n:=2",
                 "t=x=y",
                 "l=@log",
                 "--payload",
                 "p.json",
                 "--failed",
                 "--release",
                 "3",
                 "--platform",
                 "amd64",
                 "--package",
                 "deb",
                 "--start",
                 "2026-01-31T00:00:00Z",
                 "--idempotency-key",
                 "k"}),
            ExitCode::ok)
      << err_;
  EXPECT_EQ(
      asked(),
      "POST /api/v1/events "
      R"({"event_receiver":"build","name":"app","version":"1","release":"3","platform_id":"amd64","package":"deb","success":false,)"
      R"("event_start":"2026-01-31T00:00:00Z","payload":{"a":1,"n":2,"t":"x=y","l":"text\n"}})");
}

TEST_F(CommandLine, ANameThatIsSpelledLikeACommandIsAName) {
  answers(201, posted);
  EXPECT_EQ(run({"event", "post", "status", "list", "api", "event=get"}), ExitCode::ok) << err_;
  EXPECT_TRUE(asked().contains(R"("event_receiver":"status","name":"list","version":"api")")) << asked();
}

TEST_F(CommandLine, AFaultInAnArgumentIsUsage) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"no-such"},
                                             {"event"},
                                             {"event", "post", "build"},
                                             {"event", "post", "build", "a", "1", "--no-such"},
                                             {"event", "post", "build", "a", "1", "field"},
                                             {"event", "post", "build", "a", "1", "a=1", "a=2"},
                                             {"event", "post", "build", "a", "1", "a:={"},
                                             {"event", "post", "build", "a", "1", "a=@missing"},
                                             {"event", "list", "-o", "xml"},
                                             {"event", "list", "--since", "whenever"},
                                             {"event", "list", "--payload", "/n"},
                                             {"event", "import", "/nowhere/at/all"},
                                             {"gate", "wait", "g", "a@1", "--timeout", "soon"},
                                             {"gate", "status", "g", ""},
                                             {"admin", "key", "create", "--role", "king"}}) {
    EXPECT_EQ(run(arguments), ExitCode::usage) << (arguments.empty() ? "" : arguments.back());
    EXPECT_EQ(out_, "");
    EXPECT_TRUE(err_.starts_with("error ")) << err_;
    EXPECT_TRUE(err_.contains("\n  where: ")) << err_;
    EXPECT_TRUE(err_.contains("\n  next:  ")) << err_;
  }
  EXPECT_TRUE(requests_.empty());
}

TEST_F(CommandLine, AFailureIsThreeLinesAndItsExitCode) {
  answers(
      400,
      R"({"status":400,"code":"payload_invalid","detail":"1 problem","hint":"do this","violations":[{"pointer":"/payload/n","keyword":"type","message":"must be integer"}]})");
  EXPECT_EQ(run({"event", "post", "build", "app", "1"}), ExitCode::refused);
  EXPECT_EQ(err_,
            "error payload_invalid: 1 problem\n  where: /payload/n: must be integer\n  next:  do this\n");
  EXPECT_EQ(out_, "");
}

TEST_F(CommandLine, WithoutAServerItIsUnreachable) {
  EXPECT_EQ(run({"event", "list"}), ExitCode::unreachable);
  EXPECT_TRUE(err_.contains("server_unreachable: nobody listens there")) << err_;
  EXPECT_TRUE(err_.contains("http://127.0.0.1:8042/api/v1/events")) << err_;
}

TEST_F(CommandLine, WhatAServerSaysNeverSteersTheTerminal) {
  answers(404, "{\"code\":\"x\",\"detail\":\"\\u001b[31mred\\u202e\"}");
  run({"receiver", "get", "n"});
  EXPECT_TRUE(err_.contains("\\x1b[31mred\\u{202e}")) << err_;
  answers(200, R"({"data":[{"name":"a\u001b]0;x\u0007\nb"}],"pagination":{"has_more":false}})");
  EXPECT_EQ(run({"receiver", "list"}), ExitCode::ok);
  EXPECT_FALSE(out_.contains('\x1b')) << out_;
  EXPECT_EQ(std::ranges::count(out_, '\n'), 2);
}

TEST_F(CommandLine, FlagsStandBeforeVariablesBeforeTheContext) {
  answers(200, empty_page);
  variables_ = {{"XZEPR_URL", "http://variable:1"}, {"XZEPR_API_KEY", "xzepr_v"}};
  EXPECT_EQ(run({"event", "list", "--url", "http://flag:2/base/"}), ExitCode::ok);
  EXPECT_EQ(requests_.at(0).url, "http://flag:2/base/api/v1/events?limit=50");
  EXPECT_EQ(requests_.at(0).headers.back().second, "xzepr_v");
}

TEST_F(CommandLine, AUrlThatIsNoneIsRefused) {
  EXPECT_EQ(run({"event", "list", "--url", "localhost:8042"}), ExitCode::refused);
  EXPECT_TRUE(err_.contains("url_invalid"));
  EXPECT_TRUE(requests_.empty());
}

TEST_F(CommandLine, EventsAreSearchedAndCounted) {
  answers(200, R"({"data":[],"pagination":{"limit":1,"next":null,"has_more":false,"total":12}})");
  EXPECT_EQ(
      run({"event", "list", "--q", "nightly sca", "--payload", "/n=1", "--payload", "/a=b=c", "--count"}),
      ExitCode::ok)
      << err_;
  EXPECT_EQ(requests_.at(0).url,
            "http://127.0.0.1:8042/api/v1/"
            "events?q=nightly%20sca&payload.%2Fn=1&payload.%2Fa=b%3Dc&limit=1&count=exact");
  EXPECT_EQ(out_, "TOTAL  12\n");
}

TEST_F(CommandLine, ListsTakeFiltersAndALimit) {
  answers(200, empty_page);
  EXPECT_EQ(run({"event", "list", "--name", "a b", "--receiver", "scan@1", "--failed", "--since", "2h",
                 "--limit", "3"}),
            ExitCode::ok);
  EXPECT_EQ(
      asked(),
      "GET "
      "/api/v1/"
      "events?name=a%20b&receiver=scan%401&success=false&since=2026-01-30T22%3A00%3A00.000000Z&limit=3");
}

TEST_F(CommandLine, ATableOfEventsNamesTheirReceivers) {
  const std::string page =
      R"({"data":[{"name":"a","event_receiver_id":"R1"},{"name":"b","event_receiver_id":"R1"}],"pagination":{"has_more":false}})";
  answers(200, page);
  answers(200, R"({"name":"build"})");
  EXPECT_EQ(run({"event", "list"}), ExitCode::ok);
  EXPECT_TRUE(out_.contains(" build\n")) << out_;
  EXPECT_EQ(asked(1), "GET /api/v1/receivers/R1");
  EXPECT_EQ(requests_.size(), 2U);
  answers(200, page);
  EXPECT_EQ(run({"event", "list", "-o", "tsv"}), ExitCode::ok);
  EXPECT_TRUE(out_.contains("\tR1\t")) << out_;
}

TEST_F(CommandLine, ReceiversAreMadeFromASchemaFile) {
  answers(201, R"({"data":"R1","id":"R1"})");
  files_ = {{"s.json", R"({"type":"object"})"}};
  EXPECT_EQ(run({"receiver", "create", "scan", "--type", "a.b", "--schema", "s.json", "--format",
                 "version=semver"}),
            ExitCode::ok)
      << err_;
  EXPECT_EQ(
      asked(),
      R"(POST /api/v1/receivers {"name":"scan","type":"a.b","version":"1.0.0","schema":{"type":"object"},"field_formats":{"version":"semver"}})");
  EXPECT_EQ(out_, "ID  R1\n");
}

TEST_F(CommandLine, APayloadThatDoesNotFitIsRefused) {
  answers(200, R"({"valid":false,"violations":[{"pointer":"/payload/a","message":"must be integer"}]})");
  EXPECT_EQ(run({"receiver", "validate", "scan", "a=1"}), ExitCode::refused);
  EXPECT_EQ(asked(), R"(POST /api/v1/receivers/scan/validate {"payload":{"a":"1"}})");
  EXPECT_TRUE(err_.contains("/payload/a: must be integer")) << err_;
  answers(200, R"({"valid":true,"violations":[]})");
  files_ = {{"p.json", "[1]"}};
  EXPECT_EQ(run({"receiver", "validate", "scan", "p.json"}), ExitCode::ok) << err_;
  EXPECT_EQ(asked(1), R"(POST /api/v1/receivers/scan/validate {"payload":[1]})");
}

TEST_F(CommandLine, AGroupIsMadeOfReceiversByNameOrId) {
  answers(200, R"({"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","name":"build"})");
  answers(201, R"({"id":"G1"})");
  EXPECT_EQ(
      run({"gate", "create", "ready", "--receiver", "build", "--receiver", "01BX5ZZKBKACTAV9WEVGEMMVRZ"}),
      ExitCode::ok)
      << err_;
  EXPECT_EQ(asked(0), "GET /api/v1/receivers/build");
  EXPECT_EQ(
      asked(1),
      R"(POST /api/v1/groups {"name":"ready","type":"xzepr.gate","version":"1.0.0","event_receiver_ids":["01ARZ3NDEKTSV4RRFFQ69G5FAV","01BX5ZZKBKACTAV9WEVGEMMVRZ"]})");
}

TEST_F(CommandLine, MembersComeAndGo) {
  answers(201, "{}");
  answers(204, "");
  EXPECT_EQ(run({"group", "members", "add", "g", "ada"}), ExitCode::ok);
  EXPECT_EQ(run({"group", "members", "remove", "g", "role:testers"}), ExitCode::ok);
  EXPECT_EQ(asked(0), R"(POST /api/v1/groups/g/members {"user_id":"ada"})");
  EXPECT_EQ(asked(1), "DELETE /api/v1/groups/g/members/role%3Atesters");
}

TEST_F(CommandLine, AnArtifactIsFoundBeforeItsTimeline) {
  answers(200, R"({"data":[{"id":"abc"}],"pagination":{"has_more":false}})");
  answers(
      200,
      R"({"data":[{"position":1,"kind":"event.created","receiver":{"name":"build"},"event":{"success":true}},{"position":2,"kind":"group.complete","group":{"name":"ready"}}],"pagination":{"has_more":false}})");
  EXPECT_EQ(run({"artifact", "timeline", "app@1/amd64", "-o", "tsv"}), ExitCode::ok) << err_;
  EXPECT_EQ(asked(1), "GET /api/v1/artifacts/abc/timeline?limit=1000");
  EXPECT_EQ(out_,
            "position\tat\tkind\tof\tresult\tevent\n1\t\tevent.created\tbuild\tpassed\t\n2\t\tgroup."
            "complete\tready\tcomplete\t\n");
}

}  // namespace
}  // namespace xzepr::cli
