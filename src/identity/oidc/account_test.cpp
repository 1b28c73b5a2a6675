#include "identity/oidc/account.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "identity/oidc/provider_test.hpp"

namespace xzepr::identity::oidc {
namespace {

using Link = std::pair<std::string, std::string>;

class KeptAccounts final : public Accounts {
 public:
  Task<std::optional<User>> find_by_identity(std::string issuer, std::string subject, Deadline) override {
    if (std::exchange(is_overtaken, false)) co_return std::nullopt;
    const auto link = links.find(Link(issuer, subject));
    if (link == links.end()) co_return std::nullopt;
    co_return users.at(link->second);
  }
  Task<Making> make(User user, std::string issuer, std::string subject, Deadline) override {
    if (links.contains(Link(issuer, subject))) co_return Making::identity_taken;
    const bool is_taken =
        std::ranges::any_of(users, [&](const auto& item) { return item.second.username == user.username; });
    if (is_taken) co_return Making::name_taken;
    links.emplace(Link(issuer, subject), user.id);
    users.emplace(user.id, user);
    co_return Making::made;
  }
  Task<> set_roles(UserId user, RoleSet roles, Deadline) override {
    users.at(user).roles = roles;
    co_return;
  }

  std::map<UserId, User> users;
  std::map<Link, UserId> links;
  bool is_overtaken = false;  // the next look finds nothing: another node links in between
};

class AccountTest : public testing::Test {
 protected:
  static Vouched vouched(std::string subject, std::string name, std::string issuer = "https://idp.example") {
    Vouched made;
    made.identity.issuer = std::move(issuer);
    made.identity.subject = std::move(subject);
    made.identity.preferred_username = std::move(name);
    made.identity.email = "shared@example.com";
    made.rights.roles.add(Role::user);
    return made;
  }
  Result<User> log_in(const Vouched& who) {
    return run(log_in_account(accounts, ids, who, world_now, Deadline::after(std::chrono::seconds{5})));
  }
  UserId add_local(std::string name) {
    User user{.id = UserId{ids.next(world_now)}, .username = std::move(name)};
    user.email = "shared@example.com";
    user.roles.add(Role::admin);
    accounts.users.emplace(user.id, user);
    return user.id;
  }

  KeptAccounts accounts;
  UlidSource ids;
};

}  // namespace

TEST_F(AccountTest, TheFirstLoginMakesAnAccountAndTheNextFindsIt) {
  const auto first = log_in(vouched("u-1", "alice"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->username, "alice");
  const auto next = log_in(vouched("u-1", "renamed"));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->id, first->id);
  EXPECT_EQ(next->username, "alice");
  EXPECT_EQ(accounts.users.size(), 1U);
}

TEST_F(AccountTest, C12AnAddressLinksNobody) {
  const auto local = add_local("carol");
  const auto foreign = log_in(vouched("u-9", "somebody"));
  ASSERT_TRUE(foreign);
  EXPECT_NE(foreign->id, local);
  EXPECT_FALSE(foreign->roles.has(Role::admin));
}

TEST_F(AccountTest, C13NoNameTakesOverALocalAccount) {
  const auto admin = add_local("admin");
  const auto alice = add_local("alice");
  for (const auto* name : {"admin", "alice"}) {
    const auto foreign = log_in(vouched(std::string("u-") + name, name));
    ASSERT_TRUE(foreign);
    EXPECT_NE(foreign->id, admin);
    EXPECT_NE(foreign->id, alice);
    EXPECT_TRUE(foreign->username.starts_with(std::string(name) + "-"));
    EXPECT_FALSE(foreign->roles.has(Role::admin));
  }
  EXPECT_TRUE(accounts.users.at(admin).roles.has(Role::admin));
}

TEST_F(AccountTest, C13TwoProvidersWithOneSubjectAreTwoAccounts) {
  const auto one = log_in(vouched("u-1", "alice"));
  const auto two = log_in(vouched("u-1", "alice", "https://other.example"));
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->id, two->id);
}

TEST_F(AccountTest, C14RolesFollowTheProvider) {
  auto who = vouched("u-1", "alice");
  who.rights.roles.add(Role::admin);
  ASSERT_TRUE(log_in(who));
  const auto after = log_in(vouched("u-1", "alice"));
  ASSERT_TRUE(after);
  EXPECT_FALSE(after->roles.has(Role::admin));
  EXPECT_FALSE(accounts.users.at(after->id).roles.has(Role::admin));
}

TEST_F(AccountTest, ADisabledAccountStaysOut) {
  const auto made = log_in(vouched("u-1", "alice"));
  ASSERT_TRUE(made);
  accounts.users.at(made->id).enabled = false;
  const auto refused = log_in(vouched("u-1", "alice"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "oidc_login_refused");
}

TEST_F(AccountTest, TwoNodesMakeOneAccount) {
  const auto first = log_in(vouched("u-1", "alice"));
  accounts.is_overtaken = true;
  const auto second = log_in(vouched("u-1", "alice"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->id, second->id);
}

}  // namespace xzepr::identity::oidc
