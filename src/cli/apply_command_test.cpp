#include "cli/cli_test.hpp"

namespace xzepr::cli {
namespace {

class ApplyCommand : public CommandLine {
 protected:
  ApplyCommand() { files_["a.yaml"] = "kind: receiver\nname: a\ntype: t\nversion: 1.0\n"; }
  static constexpr const char* pruning =
      R"({"dry_run":true,"data":[{"change":"unchanged","kind":"receiver","name":"a","version":"1.0"},
          {"change":"deleted","kind":"receiver","name":"b\u001b","version":"2"}]})";
  void says(std::optional<std::string> answer) {
    session_.terminal.read_answer = [answer] { return answer; };
  }
};

TEST_F(ApplyCommand, SendsWhatTheFilesSayAndShowsWhatItDid) {
  answers(
      200,
      R"({"dry_run":false,"data":[{"change":"created","kind":"receiver","name":"a","type":"t","version":"1.0","fields":[]}]})");
  EXPECT_EQ(run({"apply", "-f", "a.yaml"}), ExitCode::ok);
  EXPECT_EQ(
      asked(),
      R"(POST /api/v1/apply {"documents":[{"kind":"receiver","name":"a","type":"t","version":"1.0"}]})");
  EXPECT_NE(out_.find("created  receiver  a"), std::string::npos) << out_;
  EXPECT_EQ(err_, "1 created\n");
}

TEST_F(ApplyCommand, SeveralFilesAreOneSet) {
  files_["b.json"] = R"([{"kind":"group"},{"kind":"receiver"}])";
  answers(200, R"({"data":[]})");
  EXPECT_EQ(run({"apply", "-f", "a.yaml", "--file", "b.json", "--dry-run"}), ExitCode::ok);
  EXPECT_EQ(
      asked(),
      R"(POST /api/v1/apply {"documents":[{"kind":"receiver","name":"a","type":"t","version":"1.0"},{"kind":"group"},)"
      R"({"kind":"receiver"}],"dry_run":true})");
  EXPECT_EQ(err_, "nothing to do (a dry run: nothing was changed)\n");
}

TEST_F(ApplyCommand, PruningAsksAPersonAndNeedsYesWithoutOne) {
  EXPECT_EQ(run({"apply", "-f", "a.yaml", "--prune"}), ExitCode::usage);
  EXPECT_TRUE(requests_.empty());
  for (const auto& answer :
       {std::optional<std::string>("n"), std::optional<std::string>(), std::optional<std::string>("")}) {
    says(answer);
    answers(200, pruning);
    EXPECT_EQ(run({"apply", "-f", "a.yaml", "--prune"}), ExitCode::failure);
    EXPECT_NE(err_.find("  deleted receiver b\\x1b@2\nDo it? [y/N] Nothing was changed."), std::string::npos)
        << err_;
  }
  says("yes");
  answers(200, pruning);
  answers(200, pruning);
  EXPECT_EQ(run({"apply", "-f", "a.yaml", "--prune"}), ExitCode::ok);
  EXPECT_TRUE(requests_[requests_.size() - 2].body.contains("dry_run"));
  EXPECT_FALSE(requests_.back().body.contains("dry_run"));
}

TEST_F(ApplyCommand, PruningNothingAsksNothing) {
  session_.terminal.read_answer = [] {
    ADD_FAILURE();
    return std::optional<std::string>();
  };
  answers(200, R"({"data":[]})");
  answers(200, R"({"data":[]})");
  EXPECT_EQ(run({"apply", "-f", "a.yaml", "--prune"}), ExitCode::ok);
  answers(200, pruning);
  EXPECT_EQ(run({"apply", "-f", "a.yaml", "--prune", "--yes"}), ExitCode::ok);
}

TEST_F(ApplyCommand, TheServersFaultsAreShownByFileAndLine) {
  answers(
      400,
      R"({"status":400,"code":"request_invalid","detail":"2 problems in 1 documents; nothing was changed",)"
      R"("violations":[{"pointer":"/documents/0/type","keyword":"k","message":"m"},{"pointer":"/documents/0","keyword":"k","message":"n"}]})");
  EXPECT_EQ(run({"apply", "-f", "a.yaml"}), ExitCode::refused);
  EXPECT_EQ(out_, "");
  EXPECT_TRUE(err_.starts_with(
      "a.yaml:3: document 1: /type: m\na.yaml:1: document 1: n\nerror request_invalid: 2 problems"))
      << err_;
}

TEST_F(ApplyCommand, WhatIsWrongInTheFilesIsNotSent) {
  files_["b.yaml"] = "a: 1\na: 2\n";
  EXPECT_EQ(run({"apply", "-f", "b.yaml", "-f", "b.yaml"}), ExitCode::refused);
  EXPECT_TRUE(err_.starts_with("b.yaml:2: document 1: the key \"a\" stands here twice\nb.yaml:2: ")) << err_;
  EXPECT_EQ(run({"apply", "-f", "missing.yaml"}), ExitCode::usage);
  EXPECT_EQ(run({"apply"}), ExitCode::usage);
  EXPECT_TRUE(requests_.empty());
}

TEST_F(ApplyCommand, ExportReadsEveryPageAndWritesDocuments) {
  answers(
      200,
      R"({"data":[{"id":"9","name":"g","type":"t","version":"1","enabled":true,"event_receiver_ids":["1"]}]})");
  answers(200, R"({"data":[{"id":"1","name":"a","type":"t","version":"1.0","enabled":true,"schema":{}}]})");
  EXPECT_EQ(run({"export"}), ExitCode::ok);
  EXPECT_EQ(out_,
            "# Receivers and gates; xzepr apply -f reads this.\n---\nkind: receiver\nname: a\ntype: "
            "t\nversion: \"1.0\"\n"
            "---\nkind: group\nname: g\ntype: t\nversion: \"1\"\nreceivers:\n  - \"a@1.0\"\n");
  EXPECT_EQ(run({"export", "-o", "table"}), ExitCode::usage);
}

}  // namespace
}  // namespace xzepr::cli
