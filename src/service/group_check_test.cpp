#include "service/group_check.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class GroupCheck : public World {
 protected:
  Result<std::vector<ReceiverId>> resolve(const std::vector<std::string>& references) {
    const Snapshot snapshot = catalogue.snapshot();
    return resolve_receivers(*manager, *snapshot->catalogue, references);
  }
};

}  // namespace

TEST_F(GroupCheck, ReceiversAreFoundInTheOrderGiven) {
  const auto a = given_receiver("a");
  const auto b = given_receiver("b");
  EXPECT_EQ(*resolve({"b", to_string(a.id)}), (std::vector<ReceiverId>{b.id, a.id}));
}

TEST_F(GroupCheck, EveryUnknownReceiverIsNamed) {
  given_receiver("a");
  const auto refused = resolve({"x", "a", "y", "a@1.0"});
  EXPECT_EQ(code_of(refused), "receiver_unknown");
  EXPECT_EQ(kind_of(refused), Errc::invalid);
  EXPECT_EQ(places(refused),
            (std::vector<std::string>{"/event_receiver_ids/0 exists", "/event_receiver_ids/2 exists",
                                      "/event_receiver_ids/3 uniqueItems"}));
}

TEST_F(GroupCheck, NeedsOneTo200ReceiversWithoutRepeats) {
  given_receiver("a");
  EXPECT_EQ(places(resolve({})), std::vector<std::string>{"/event_receiver_ids minItems"});
  EXPECT_EQ(places(resolve({"a", "a"})), std::vector<std::string>{"/event_receiver_ids/1 uniqueItems"});
  EXPECT_EQ(code_of(resolve(std::vector<std::string>(201, "a"))), "group_too_large");
  EXPECT_NE(code_of(resolve(std::vector<std::string>(200, "a"))), "group_too_large");
}

TEST_F(GroupCheck, AReceiverStandsInAtMostAHundredEnabledGroups) {
  given_receiver("a");
  for (int i = 0; i < 100; ++i) given_group("gate" + std::to_string(i), {"a"});
  const auto refused = run(groups.create(as(manager), new_group("one more", {"a"}), std::nullopt));
  EXPECT_EQ(code_of(refused), "group_limit");
  NewGroup disabled = new_group("disabled", {"a"});
  disabled.enabled = false;
  EXPECT_TRUE(run(groups.create(as(manager), disabled, std::nullopt)).has_value());
  GroupUpdate enable;
  enable.enabled = true;
  EXPECT_EQ(code_of(run(groups.update(as(manager), "disabled", enable, std::nullopt))), "group_limit");
  GroupUpdate describe;
  describe.description = "still in";
  EXPECT_TRUE(run(groups.update(as(manager), "gate7", describe, std::nullopt)).has_value());
}

TEST_F(GroupCheck, TheOrderOfReceiversIsNoContent) {
  domain::Group a;
  a.receiver_ids = {ReceiverId{ids.next(at(0))}, ReceiverId{ids.next(at(0))}};
  domain::Group b = a;
  std::ranges::reverse(b.receiver_ids);
  EXPECT_TRUE(is_same_content(a, b));
  b.description = "x";
  EXPECT_FALSE(is_same_content(a, b));
}

TEST_F(GroupCheck, TextIsCleanedAndFaultsAreToldAtOnce) {
  NewGroup asked = new_group(" gate ", {});
  EXPECT_EQ(check_group(asked)->name, "gate");
  asked.name = "";
  asked.version = "";
  EXPECT_EQ(places(check_group(asked)), (std::vector<std::string>{"/name minLength", "/version minLength"}));
}

}  // namespace xzepr::service
