#include "service/lookup.hpp"

#include "service/refusals.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class Lookup : public World {};

}  // namespace

TEST_F(Lookup, FindsByIdNameAndNameAtVersion) {
  const auto first = given_receiver("scan", "1.0");
  const auto second = given_receiver("scan", "2.0");
  const auto snapshot = catalogue.snapshot();
  EXPECT_EQ(find_receiver(*snapshot->catalogue, to_string(first.id))->id, first.id);
  EXPECT_EQ(find_receiver(*snapshot->catalogue, "scan")->id, second.id);
  EXPECT_EQ(find_receiver(*snapshot->catalogue, "scan@1.0")->id, first.id);
  EXPECT_EQ(find_receiver(*snapshot->catalogue, "none"), nullptr);
}

TEST_F(Lookup, HidesWhatTheCallerMayNotSee) {
  const auto receiver = given_receiver("scan");
  const auto group = given_group("gate", {"scan"});
  const auto snapshot = catalogue.snapshot();
  EXPECT_TRUE(visible_receiver(*viewer, *snapshot->catalogue, "scan").has_value());
  EXPECT_EQ(code_of(visible_receiver(*stranger, *snapshot->catalogue, "scan")), "receiver_unknown");
  EXPECT_EQ(code_of(visible_group(*stranger, *snapshot->catalogue, "gate")), "group_unknown");
}

TEST_F(Lookup, AFilterByNameMeansEveryVersion) {
  given_receiver("scan", "1.0");
  given_receiver("scan", "2.0");
  const auto snapshot = catalogue.snapshot();
  EXPECT_EQ(matching_receivers(*snapshot->catalogue, "scan").size(), 2U);
  EXPECT_EQ(matching_receivers(*snapshot->catalogue, "scan@2.0").size(), 1U);
  EXPECT_TRUE(matching_receivers(*snapshot->catalogue, "sca").empty());
}

TEST_F(Lookup, PatternsAreBroughtIntoTheStoredFormOrRefused) {
  domain::ArtifactPattern pattern;
  pattern.name = "  app ";
  EXPECT_EQ(clean_pattern(pattern)->name, "app");
  pattern.name = std::string("a\0b", 3);
  EXPECT_EQ(places(clean_pattern(pattern)), std::vector<std::string>{"/name controlCharacters"});
  EXPECT_FALSE(artifact_of(pattern).has_value());
  EXPECT_EQ(artifact_of(pattern_of("app"))->name, "app");
}

}  // namespace xzepr::service
