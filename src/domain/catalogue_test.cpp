#include "domain/catalogue.hpp"

#include <gtest/gtest.h>

namespace xzepr::domain {
namespace {

Receiver receiver(std::uint8_t n, std::string name, std::string version, bool enabled) {
  return {.id = {Ulid{{n}}},
          .name = std::move(name),
          .type = "t",
          .version = std::move(version),
          .enabled = enabled};
}

}  // namespace

TEST(Catalogue, ReferenceFindsTheNewestEnabledOne) {
  const Catalogue catalogue(
      1, {receiver(3, "scan", "3", false), receiver(1, "scan", "1", true), receiver(2, "scan", "2", true)},
      {});
  ASSERT_NE(catalogue.find_receiver("scan"), nullptr);
  EXPECT_EQ(catalogue.find_receiver("scan")->version, "2");
  EXPECT_EQ(catalogue.find_receiver("scan@1")->version, "1");
  EXPECT_EQ(catalogue.find_receiver("scan@3")->version, "3");
  EXPECT_EQ(catalogue.find_receiver("scan@4"), nullptr);
  EXPECT_EQ(catalogue.find_receiver("other"), nullptr);
  EXPECT_EQ(catalogue.find_receiver("scan", "t", "3")->id, (ReceiverId{Ulid{{3}}}));
}

TEST(Catalogue, CandidateGatesAreTheEnabledOnes) {
  const ReceiverId id{Ulid{{1}}};
  const Catalogue catalogue(1, {receiver(1, "a", "1", true)},
                            {{.id = {Ulid{{1}}}, .name = "on", .enabled = true, .receiver_ids = {id}},
                             {.id = {Ulid{{2}}}, .name = "off", .enabled = false, .receiver_ids = {id}}});
  EXPECT_EQ(catalogue.enabled_groups_of(id).size(), 1U);
  EXPECT_EQ(catalogue.groups_of(id).size(), 2U);
  EXPECT_TRUE(catalogue.groups_of(ReceiverId{}).empty());
}

}  // namespace xzepr::domain
