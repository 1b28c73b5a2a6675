#include "service/audit_log.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {

TEST_F(World, AnAuditRowNamesItsCallerAndWhere) {
  AuditLog audit(ids, log);
  auto context = as(viewer);
  context.address = "192.0.2.1";
  const auto entry = audit.entry(context, {.action = identity::AuditAction::logout, .target = "t"});
  EXPECT_EQ(entry.user_id, viewer->user_id);
  EXPECT_EQ(entry.username, "vera");
  EXPECT_EQ(entry.address, "192.0.2.1");
  EXPECT_EQ(entry.target, "t");
  EXPECT_EQ(entry.at, context.now);
}

TEST_F(World, ARowOfItsOwnIsStored) {
  AuditLog audit(ids, log);
  run(audit.record(store.logins, as(IdentityService::local_admin()),
                   {.action = identity::AuditAction::signing_key_rotated, .target = "kid"}));
  ASSERT_EQ(store.logins.audit.size(), 1U);
  EXPECT_EQ(store.logins.audit[0].target, "kid");
  EXPECT_EQ(store.logins.audit[0].username, "local");
}

TEST_F(World, AnAuditRowOfTheCommandLineHasANameAndNoUser) {
  AuditLog audit(ids, log);
  auto context = as(IdentityService::local_admin());
  EXPECT_FALSE(audit.entry(context, {.action = identity::AuditAction::logout}).user_id.has_value());
  context.principal = nullptr;
  EXPECT_EQ(audit.entry(context, {.action = identity::AuditAction::login}).username, "");
}

}  // namespace xzepr::service
