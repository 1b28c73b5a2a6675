#include "service/stream_tickets.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {

class Tickets : public World {
 protected:
  Tickets() { run(catalogue.refresh(store, soon())); }

  StreamTicket issue(const Caller& caller, std::int64_t second = 10) {
    const auto context = as(caller, at(second));
    return run(tickets.issue(context));
  }
  Result<Caller> who(const StreamTicket& ticket, std::int64_t second = 20) {
    return run(tickets.authenticate(ticket.text, at(second), soon()));
  }

  StreamTickets tickets{sessions, store.logins, store};
};

TEST_F(Tickets, G16ATicketSpeaksForItsMakerOnce) {
  const auto ticket = issue(user);
  EXPECT_EQ(ticket.text.size(), ticket_length);
  EXPECT_EQ(ticket.expires_at, at(40));
  EXPECT_NE(issue(user).text, ticket.text);
  const auto caller = who(ticket);
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ((*caller)->user_id, user->user_id);
  EXPECT_EQ((*caller)->username, user->username);
  EXPECT_EQ((*caller)->roles, user->roles);
  EXPECT_EQ((*caller)->api_key_id, user->api_key_id);
  EXPECT_EQ((*caller)->revision, store.catalogue_revision);
  EXPECT_EQ(code_of(who(ticket)), "credentials_invalid");
}

TEST_F(Tickets, G16ATicketLastsThirtySeconds) {
  EXPECT_TRUE(who(issue(user), 39).has_value());
  EXPECT_EQ(code_of(who(issue(user), 40)), "credentials_invalid");
}

TEST_F(Tickets, G16ATicketIsStoredAsAHash) {
  const auto ticket = issue(user);
  ASSERT_EQ(store.logins.tickets.size(), 1U);
  EXPECT_EQ(store.logins.tickets.begin()->first, crypto::sha256(ticket.text));
  EXPECT_EQ(store.logins.tickets.begin()->second.caller.find(ticket.text), std::string::npos);
}

TEST_F(Tickets, NothingElseIsATicket) {
  const auto ticket = issue(user);
  auto other = ticket;
  other.text.back() = other.text.back() == 'A' ? 'B' : 'A';
  for (const auto& text : {std::string(), other.text, ticket.text + "A", ticket.text.substr(1),
                           ticket.text.substr(1) + "\xff", std::string(ticket_length, '-')}) {
    EXPECT_EQ(code_of(who({.text = text, .expires_at = {}})), "credentials_invalid") << text;
  }
  EXPECT_TRUE(StreamTickets::may_be_genuine(other.text));
  EXPECT_FALSE(StreamTickets::may_be_genuine(ticket.text + "A"));
  EXPECT_TRUE(who(ticket).has_value());
}

TEST_F(Tickets, ATicketHasTheRightsOfNow) {
  const auto demoted = issue(manager);
  store.users.at(manager->user_id).roles = {};
  EXPECT_TRUE(who(demoted).value()->roles.is_empty());
  const auto revoked = issue(user);
  store.keys.at(*user->api_key_id).revoked_at = at(15);
  EXPECT_EQ(code_of(who(revoked)), "credentials_invalid");
  const auto disabled = issue(viewer);
  store.users.at(viewer->user_id).enabled = false;
  EXPECT_EQ(code_of(who(disabled)), "credentials_invalid");
}

TEST_F(Tickets, ATicketEndsWithTheCredentialThatMadeIt) {
  identity::Session session{.id = SessionId{ids.next(at(0))},
                            .user_id = viewer->user_id,
                            .team_roles = {"payments"},
                            .created_at = at(0),
                            .expires_at = at(1'000)};
  store.logins.sessions[session.id] = session;
  const store::SessionRecord record{.session = session, .user = store.users.at(viewer->user_id)};
  // As of an access token, which ends before its session.
  const auto token = ending_by(principal_of(record, store.catalogue_revision, at(1)), at(25)).value();
  const auto caller = who(issue(token));
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ((*caller)->session_id, session.id);
  EXPECT_EQ((*caller)->team_roles, session.team_roles);
  EXPECT_EQ((*caller)->expires_at, at(25));
  EXPECT_EQ(code_of(who(issue(token), 25)), "credentials_invalid");
  const auto later = issue(token);
  store.logins.sessions.at(session.id).ended_at = at(15);
  EXPECT_EQ(code_of(who(later)), "credentials_invalid");
}

// The roles of a provider's token are stored nowhere else.
TEST_F(Tickets, ATicketKeepsTheRightsOfAProvidersToken) {
  ProviderBearer bearer{.user = store.users.at(stranger->user_id),
                        .roles = {},
                        .team_roles = {"a \"team\"", "größe"},
                        .expires_at = at(500)};
  bearer.roles.add(identity::Role::event_viewer);
  bearer.roles.add(identity::Role::user);
  const auto known = principal_of(bearer, store.catalogue_revision).value();
  const auto caller = who(issue(known));
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ((*caller)->user_id, stranger->user_id);
  EXPECT_EQ((*caller)->roles, bearer.roles);
  EXPECT_EQ((*caller)->team_roles, bearer.team_roles);
  EXPECT_EQ((*caller)->expires_at, at(500));
  const auto late = issue(known);
  store.users.at(stranger->user_id).enabled = false;
  EXPECT_EQ(code_of(who(late)), "credentials_invalid");
}

}  // namespace xzepr::service
