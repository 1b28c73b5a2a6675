// Sessions and the audit log in memory, for the tests of this module. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "store/session_store.hpp"

namespace xzepr::service {

class FakeSessions final : public store::SessionStore {
 public:
  struct RefreshToken {
    SessionId session;
    bool is_used = false;
  };

  explicit FakeSessions(const std::map<UserId, identity::User>& users) : users_(users) {}

  std::map<SessionId, identity::Session> sessions;
  std::map<crypto::Sha256, RefreshToken> refresh_tokens;
  std::map<crypto::Sha256, store::StreamTicketRecord> tickets;
  std::map<UserId, std::string> passwords;
  std::vector<identity::AuditEntry> audit;
  std::function<void()> before_rotation;

  void end(const store::EndSessions& wanted) {
    for (auto& [id, session] : sessions) {
      const bool is_meant = session.user_id == wanted.user_id && (!wanted.only || *wanted.only == id);
      if (is_meant && !session.ended_at) session.ended_at = wanted.at;
    }
  }

  Task<std::optional<store::LoginRecord>> find_login(std::string username, Deadline) override {
    auto user = find_user(username);
    if (!user) co_return std::nullopt;
    co_return store::LoginRecord{.user = *user, .password_hash = passwords[user->id]};
  }
  Task<std::optional<store::RefreshRecord>> find_refresh_token(crypto::Sha256 hash, Deadline) override {
    const auto found = refresh_tokens.find(hash);
    if (found == refresh_tokens.end()) co_return std::nullopt;
    const auto& session = sessions.at(found->second.session);
    co_return store::RefreshRecord{.of = {.session = session, .user = users_.at(session.user_id)},
                                   .is_used = found->second.is_used};
  }
  Task<> open_session(store::NewSession session, Deadline) override {
    sessions[session.session.id] = session.session;
    refresh_tokens[session.secret_hash] = {.session = session.session.id};
    audit.push_back(session.audit);
    co_return;
  }
  Task<bool> rotate(store::RefreshRotation rotation, Deadline) override {
    if (const auto hook = std::exchange(before_rotation, nullptr)) hook();
    auto& old = refresh_tokens.at(rotation.old_hash);
    if (old.is_used || !sessions.at(rotation.session).is_live(rotation.audit.at)) co_return false;
    old.is_used = true;
    refresh_tokens[rotation.new_hash] = {.session = rotation.session};
    audit.push_back(rotation.audit);
    co_return true;
  }
  Task<> put_ticket(store::StreamTicketRecord ticket, Deadline) override {
    std::erase_if(tickets, [&](const auto& old) { return old.second.expires_at <= ticket.created_at; });
    tickets.emplace(ticket.hash, ticket);
    co_return;
  }
  Task<std::optional<std::string>> take_ticket(crypto::Sha256 hash, TimePoint now, Deadline) override {
    const auto found = tickets.find(hash);
    if (found == tickets.end() || found->second.expires_at <= now) co_return std::nullopt;
    auto caller = found->second.caller;
    tickets.erase(found);
    co_return caller;
  }
  Task<> record(identity::AuditEntry entry, Deadline) override {
    audit.push_back(std::move(entry));
    co_return;
  }
  Task<store::LoginFailures> count_login_failures(std::string username, std::string address, TimePoint since,
                                                  Deadline) override {
    store::LoginFailures failures;
    for (const auto& entry : audit) {
      const bool counts = entry.outcome == identity::AuditOutcome::refused && entry.at >= since &&
                          entry.action == identity::AuditAction::login;
      if (counts && entry.username == username) ++failures.of_username;
      if (counts && entry.address == address) ++failures.of_address;
    }
    co_return failures;
  }
  Task<std::vector<identity::AuditEntry>> list_audit(store::AuditQuery query, Deadline) override {
    std::vector<identity::AuditEntry> out;
    for (const auto& entry : audit | std::views::reverse) {
      const bool is_match =
          (!query.username || *query.username == entry.username) && (!query.after || entry.id < *query.after);
      if (is_match && out.size() < query.limit) out.push_back(entry);
    }
    co_return out;
  }
  Task<std::uint64_t> count_audit(store::AuditQuery query, Deadline deadline) override {
    query.after.reset();
    query.limit = audit.size();
    co_return (co_await list_audit(std::move(query), deadline)).size();
  }
  Task<std::uint64_t> remove_audit(TimePoint end, std::size_t limit, Deadline) override {
    std::uint64_t removed = 0;
    std::erase_if(audit, [&](const auto& entry) {
      const bool goes = entry.at < end && removed < limit;
      removed += goes ? 1 : 0;
      return goes;
    });
    co_return removed;
  }

 private:
  std::optional<identity::User> find_user(const std::string& username) const {
    for (const auto& [id, user] : users_) {
      if (user.username == username) return user;
    }
    return std::nullopt;
  }

  const std::map<UserId, identity::User>& users_;
};

}  // namespace xzepr::service
