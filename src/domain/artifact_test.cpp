#include "domain/artifact.hpp"

#include <gtest/gtest.h>

namespace xzepr::domain {

TEST(Artifact, IdDependsOnWhereTheFieldsEnd) {
  const Artifact a{.name = "ab", .version = "c", .release = "1", .platform_id = "amd64", .package = "deb"};
  const Artifact b{.name = "a", .version = "bc", .release = "1", .platform_id = "amd64", .package = "deb"};
  EXPECT_NE(artifact_id(a), artifact_id(b));
  EXPECT_EQ(parse_artifact_id(to_string(artifact_id(a))), artifact_id(a));
}

TEST(ArtifactPattern, ReadsEveryFieldAndEscapes) {
  const auto pattern = parse_artifact_pattern("lib%2Fx@1:2.0%2Bdfsg+1/amd64/deb");
  ASSERT_TRUE(pattern);
  EXPECT_EQ(pattern->name, "lib/x");
  EXPECT_EQ(pattern->version, "1:2.0+dfsg");
  EXPECT_EQ(pattern->release, "1");
  EXPECT_EQ(pattern->platform_id, "amd64");
  EXPECT_EQ(pattern->package, "deb");
  EXPECT_TRUE(pattern->exact());
}

TEST(ArtifactPattern, LeavesOutWhatIsNotSaid) {
  const auto pattern = parse_artifact_pattern("app@1.0//deb");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->release);
  EXPECT_FALSE(pattern->platform_id);
  EXPECT_EQ(pattern->package, "deb");
  EXPECT_FALSE(pattern->exact());
  EXPECT_TRUE(parse_artifact_pattern("app"));
}

TEST(ArtifactPattern, RefusesWhatIsAmbiguous) {
  for (const auto* text : {"", "@1", "a@1@2", "a@1+2+3", "a+1", "a/b/c/d", "a%4", "a%zz"})
    EXPECT_FALSE(parse_artifact_pattern(text)) << text;
}

TEST(ArtifactPattern, TextRoundTrips) {
  const Artifact artifact{
      .name = "a@b", .version = "1+2", .release = "3/4", .platform_id = "x%y", .package = "deb"};
  const auto pattern = parse_artifact_pattern(to_text(artifact));
  ASSERT_TRUE(pattern);
  EXPECT_EQ(pattern->exact(), artifact_id(artifact));
}

}  // namespace xzepr::domain
