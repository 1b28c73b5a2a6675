#include "cli/man_page.hpp"

#include "cli/cli_test.hpp"

namespace xzepr::cli {
namespace {

class ManPage : public CommandLine {};

TEST(Roff, IsEscaped) {
  EXPECT_EQ(escape_roff("a-b\\c"), "a\\-b\\ec");
  EXPECT_EQ(escape_roff(".x\n'y\n z.'"), "\\&.x\n\\&\\(aqy\n z.\\(aq");
  EXPECT_EQ(escape_roff("~^"), "\\(ti\\(ha");
}

TEST_F(ManPage, HoldsEveryCommandWithItsOptionsAndExamples) {
  EXPECT_EQ(run({"man"}), ExitCode::ok);
  EXPECT_EQ(out_.find("__complete"), std::string::npos);
  for (const std::string text :
       {".SS xzepr event post\n", "\\fB\\-\\-idempotency\\-key\\fR \\fIKEY\\fR\n",
        "xzepr gate wait ready\\-to\\-ship app@1.4.2 \\-\\-timeout 30m", ".SH EXIT STATUS\n",
        "\\fIreceiver\\fR\n\\fIname\\fR\n\\fIversion\\fR\n[\\fIfields\\fR ...]\n"}) {
    EXPECT_NE(out_.find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace xzepr::cli
