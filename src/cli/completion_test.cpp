#include "cli/completion.hpp"

#include "cli/cli_test.hpp"

namespace xzepr::cli {
namespace {

class Completing : public CommandLine {
 protected:
  /// The candidates' texts, separated by spaces, behind what the shell finds.
  std::string at(std::vector<std::string> words) {
    words.insert(words.begin(), "__complete");
    EXPECT_EQ(run(words), ExitCode::ok);
    EXPECT_EQ(err_, "");
    std::string texts;
    std::istringstream lines(out_);
    for (std::string line; std::getline(lines, line);)
      texts += (texts.empty() ? "" : " ") + line.substr(0, line.find('\t'));
    return texts;
  }
};

TEST_F(Completing, Commands) {
  EXPECT_EQ(at({"a"}), "none artifact apply admin api");
  EXPECT_EQ(at({"ga"}), "none gate");
  EXPECT_EQ(at({"gate", "me"}), "none members");
  EXPECT_EQ(at({"group", "members", ""}), "none list add remove");
  EXPECT_EQ(at({"nothing", ""}), "none");
  EXPECT_NE(at({}).find("serve"), std::string::npos);
  run({"__complete", "serv"});
  EXPECT_EQ(out_, "none\nserve\tRun the server\n");
}

TEST_F(Completing, OptionsAndTheirValues) {
  EXPECT_EQ(at({"event", "post", "--re"}), "none --release");
  EXPECT_EQ(at({"event", "list", "-o", ""}), "none table json ndjson yaml tsv");
  EXPECT_EQ(at({"event", "list", "--output", "j"}), "none json");
  EXPECT_EQ(at({"event", "list", "--output=nd"}), "none --output=ndjson");
  EXPECT_EQ(at({"event", "list", "--output", "="}), "none table json ndjson yaml tsv");
  EXPECT_EQ(at({"event", "list", "--output", "=", "y"}), "none yaml");
  EXPECT_EQ(at({"event", "list", "--failed", "--limi"}), "none --limit");
  EXPECT_EQ(at({"completion", ""}), "none bash zsh fish");
  EXPECT_EQ(at({"export", "--kind", ""}), "none receiver group");
}

TEST_F(Completing, FilesAndFolders) {
  EXPECT_EQ(at({"apply", "-f", ""}), "files");
  EXPECT_EQ(at({"event", "import", ""}), "files");
  EXPECT_EQ(at({"serve", "--data-dir", ""}), "folders");
  EXPECT_EQ(at({"serve", "--config", "x"}), "files");
}

TEST_F(Completing, NamesComeFromTheServer) {
  answers(
      200,
      R"({"data":[{"name":"build","description":"a\nb"},{"name":"build"},{"name":"bench"},{"name":"x\u001b"},{"name":"scan"}]})");
  EXPECT_EQ(at({"event", "post", "b"}), "none build bench");
  EXPECT_EQ(asked(), "GET /api/v1/receivers?limit=200");
  answers(200, R"({"data":[{"name":"ready"}]})");
  EXPECT_EQ(at({"gate", "wait", "--url", "http://there:1", "r"}), "none ready");
  EXPECT_EQ(requests_.back().url, "http://there:1/api/v1/groups?limit=200");
  answers(200, R"({"data":[{"name":"build"}]})");
  EXPECT_EQ(at({"event", "list", "--receiver", ""}), "none build");
}

TEST_F(Completing, IsSilentWhateverFails) {
  EXPECT_EQ(at({"receiver", "get", ""}), "none");
  answers(401, "{}");
  EXPECT_EQ(at({"receiver", "get", ""}), "none");
  answers(200, "no json");
  EXPECT_EQ(at({"receiver", "get", "--url", "nonsense", ""}), "none");
  EXPECT_EQ(at({"receiver", "create", ""}), "none") << "a new name is nobody's to know";
}

TEST_F(Completing, BehindTwoDashesNothingIsAnOption) {
  EXPECT_EQ(at({"event", "list", "--", "--li"}), "none");
  EXPECT_EQ(at({"api", "--", ""}).substr(0, 4), "none");
}

}  // namespace
}  // namespace xzepr::cli
