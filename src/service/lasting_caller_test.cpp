#include "service/lasting_caller.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {

class Lasting : public World {
 protected:
  Lasting() { run(catalogue.refresh(store, soon())); }

  std::string check(LastingCaller& caller, std::int64_t second = 10) {
    return code_of(run(caller.check(identity::Permission::event_read, at(second), soon())));
  }
  void change_and_refresh() {
    store.bump();
    run(catalogue.refresh(store, soon()));
  }
};

TEST_F(Lasting, ACallerStaysAsLongAsItsRights) {
  LastingCaller caller(user, catalogue, store);
  EXPECT_EQ(check(caller), "none");
  store.keys.at(*user->api_key_id).revoked_at = at(5);
  EXPECT_EQ(check(caller), "none") << "the catalogue has not moved on yet";
  change_and_refresh();
  EXPECT_EQ(check(caller), "credentials_invalid");
}

TEST_F(Lasting, ACallerEndsWithItsCredential) {
  LastingCaller caller(ending_by(user, at(100)).value(), catalogue, store);
  EXPECT_EQ(check(caller, 99), "none");
  EXPECT_EQ(check(caller, 100), "credentials_invalid");
}

TEST_F(Lasting, ACallerNeedsThePermission) {
  LastingCaller caller(user, catalogue, store);
  EXPECT_EQ(check(caller), "none");
  store.users.at(user->user_id).roles = {};
  change_and_refresh();
  EXPECT_EQ(check(caller), "permission_denied");
}

// D04
TEST_F(Lasting, OneHearsOfWhatOneSees) {
  domain::Receiver receiver{.id = ReceiverId{ids.next(at(1))}, .name = "r", .type = "t", .version = "1"};
  receiver.owner = domain::subject_of(admin->user_id);
  domain::Group group{.id = GroupId{ids.next(at(1))}, .name = "g", .type = "t", .version = "1"};
  group.owner = domain::subject_of(admin->user_id);
  group.receiver_ids = {receiver.id};
  group.members = {domain::subject_of(user->user_id)};
  const domain::Catalogue both(1, {receiver}, {group});
  const domain::JournalRow event{.kind = domain::JournalKind::event_created, .receiver_id = receiver.id};
  const domain::JournalRow complete{
      .kind = domain::JournalKind::group_complete, .receiver_id = receiver.id, .group_id = group.id};
  const domain::JournalRow changed{.kind = domain::JournalKind::receiver_modified,
                                   .receiver_id = receiver.id};
  const domain::JournalRow other{.kind = domain::JournalKind::event_created,
                                 .receiver_id = ReceiverId{ids.next(at(1))}};
  for (const auto& row : {event, complete, changed}) {
    EXPECT_TRUE(may_hear(*viewer, both, row));
    EXPECT_TRUE(may_hear(*user, both, row));
    EXPECT_FALSE(may_hear(*stranger, both, row));
  }
  EXPECT_TRUE(may_hear(*viewer, both, other));
  EXPECT_FALSE(may_hear(*user, both, other)) << "it is not there any more, or never was";
}

}  // namespace xzepr::service
