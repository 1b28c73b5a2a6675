#include "service/member_lookup.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class MemberLookup : public World {
 protected:
  Result<domain::Subject> find(const std::string& member) { return run(find_member(store, member, soon())); }
};

TEST_F(MemberLookup, FindsUsersByIdAndNameAndTakesRolesAsTheyAre) {
  const auto expected = domain::subject_of(viewer->user_id);
  EXPECT_EQ(find("vera"), expected);
  EXPECT_EQ(find(expected.text), expected);
  EXPECT_EQ(find("role:testers"), domain::Subject{"role:testers"});
}

TEST_F(MemberLookup, SaysWhoIsNobody) {
  for (const std::string member : {"nobody", "", "01J00000000000000000000000", "\x01"}) {
    EXPECT_EQ(code_of(find(member)), "user_unknown") << member;
  }
  EXPECT_EQ(code_of(find("role:a b")), "field_invalid");
  EXPECT_EQ(places(find("nobody")), std::vector<std::string>{"/user_id exists"});
}

}  // namespace
}  // namespace xzepr::service
