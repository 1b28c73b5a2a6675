#include "service/catalogue_writes.hpp"

#include <gtest/gtest.h>

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

TEST(CatalogueWrites, EachChangeWritesOnceAndJournalsOnce) {
  UlidSource ids;
  Decision decision;
  domain::Receiver receiver{.id = ReceiverId{ids.next(at(0))}, .name = "r", .created_at = at(1)};
  domain::Group group{.id = GroupId{ids.next(at(0))}, .name = "g", .created_at = at(1)};
  add_created(decision, receiver, ids);
  add_created(decision, group, ids);
  receiver.description = "new";
  const auto updated = add_updated(decision, receiver, receiver, at(2), ids);
  add_updated(decision, group, group, at(2), ids);
  add_removed(decision, group, at(3), ids);
  add_removed(decision, updated, at(3), ids);

  EXPECT_EQ(updated.resource_version, 2);
  EXPECT_EQ(updated.updated_at, at(2));
  ASSERT_EQ(decision.writes.size(), 6U);
  std::vector<domain::JournalKind> kinds;
  std::vector<std::int64_t> versions;
  for (const auto& row : decision.journal) {
    kinds.push_back(row.kind);
    versions.push_back(row.group_id ? row.group_version : row.receiver_version);
  }
  using enum domain::JournalKind;
  EXPECT_EQ(kinds, (std::vector{receiver_created, group_created, receiver_modified, group_modified,
                                group_deleted, receiver_deleted}));
  EXPECT_EQ(versions, (std::vector<std::int64_t>{1, 1, 2, 2, 2, 3}));
  EXPECT_EQ(std::get<store::DeleteReceiver>(decision.writes[5]).id, receiver.id);
}

}  // namespace
}  // namespace xzepr::service
