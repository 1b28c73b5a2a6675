// For tests: the ports of a store that is away. Only credentials can be found.
#pragma once

#include <functional>

#include "identity/api_key.hpp"
#include "store/catalogue_store.hpp"
#include "store/event_store.hpp"
#include "store/gate_store.hpp"
#include "store/search_store.hpp"

namespace xzepr::api {

[[noreturn]] inline void away() { throw Fault(Fault::Kind::unavailable, "password=hunter2"); }

class NoEvents final : public store::EventStore {
 public:
  Task<store::AppendOutcome> append(store::AppendUnit) override { away(); }
  Task<std::vector<store::AppendOutcome>> append_each(std::vector<store::AppendUnit>) override { away(); }
  Task<Result<std::optional<std::string>>> find_replay(store::IdempotencyClaim, Deadline) override { away(); }
  Task<std::optional<domain::Event>> find(EventId, Deadline) override { away(); }
  Task<std::vector<domain::Event>> list(store::EventQuery, Deadline) override { away(); }
  Task<std::uint64_t> count(store::EventQuery, Deadline) override { away(); }
};

class NoSearch final : public store::SearchStore {
 public:
  Task<std::optional<std::vector<EventId>>> candidates(domain::SearchTerms, std::size_t, Deadline) override {
    away();
  }
  Task<std::vector<domain::Event>> read(std::vector<EventId>, Deadline) override { away(); }
  Task<store::IndexProgress> index_slice(Deadline) override { away(); }
};

class EmptyCatalogue final : public store::CatalogueStore {
 public:
  Task<store::CatalogueData> load(Deadline) override { co_return store::CatalogueData{}; }
  Task<std::int64_t> revision(Deadline) override { co_return 0; }
  Task<store::CatalogueOutcome> apply(store::CatalogueChange) override { away(); }
};

class Credentials final : public store::IdentityStore {
 public:
  std::string add(identity::Role role) {
    auto clear = identity::make_api_key();
    store::Credential credential;
    credential.key.hash = identity::parse_api_key(clear).value();
    credential.key.id.value.bytes[0] = static_cast<std::uint8_t>(credentials_.size() + 1);
    credential.user.id.value.bytes[0] = static_cast<std::uint8_t>(credentials_.size() + 1);
    credential.user.roles.add(role);
    credential.key.roles = credential.user.roles;
    credential.key.user_id = credential.user.id;
    credentials_.push_back(credential);
    return clear;
  }

  Task<std::optional<store::Credential>> find_credential(crypto::Sha256 hash, Deadline) override {
    ++lookups;
    if (before_lookup) before_lookup();
    for (const auto& credential : credentials_) {
      if (credential.key.hash == hash) co_return credential;
    }
    co_return std::nullopt;
  }
  Task<std::optional<store::SessionRecord>> find_session(SessionId, Deadline) override { away(); }
  Task<std::optional<identity::User>> find_user(std::string, Deadline) override { away(); }
  Task<std::optional<identity::User>> find_user_by_identity(std::string, std::string, Deadline) override {
    away();
  }
  Task<bool> has_other_admin(UserId, Deadline) override { away(); }
  Task<std::vector<identity::User>> list_users(std::optional<UserId>, std::size_t, Deadline) override {
    away();
  }
  Task<std::uint64_t> count_users(Deadline) override { away(); }
  Task<std::optional<identity::User>> find_user_by_id(UserId, Deadline) override { away(); }
  Task<bool> has_admin(Deadline) override { away(); }
  Task<std::optional<identity::ApiKey>> find_api_key(ApiKeyId, Deadline) override { away(); }
  Task<std::uint64_t> count_api_keys(std::optional<UserId>, Deadline) override { away(); }
  Task<std::vector<identity::ApiKey>> list_api_keys(std::optional<UserId>, std::optional<ApiKeyId>,
                                                    std::size_t, Deadline) override {
    away();
  }
  Task<std::uint64_t> count_live_api_keys(UserId, TimePoint, Deadline) override { away(); }
  Task<> touch_api_key(ApiKeyId, TimePoint, Deadline) override { away(); }
  Task<std::string> shared_secret(Deadline) override { away(); }

  int lookups = 0;
  std::function<void()> before_lookup = nullptr;

 private:
  std::vector<store::Credential> credentials_;
};

class NoSessions final : public store::SessionStore {
 public:
  Task<std::optional<store::LoginRecord>> find_login(std::string, Deadline) override { away(); }
  Task<std::optional<store::RefreshRecord>> find_refresh_token(crypto::Sha256, Deadline) override { away(); }
  Task<> open_session(store::NewSession, Deadline) override { away(); }
  Task<bool> rotate(store::RefreshRotation, Deadline) override { away(); }
  Task<> put_ticket(store::StreamTicketRecord, Deadline) override { away(); }
  Task<std::optional<std::string>> take_ticket(crypto::Sha256, TimePoint, Deadline) override { away(); }
  Task<> record(identity::AuditEntry, Deadline) override { away(); }
  Task<store::LoginFailures> count_login_failures(std::string, std::string, TimePoint, Deadline) override {
    away();
  }
  Task<std::vector<identity::AuditEntry>> list_audit(store::AuditQuery, Deadline) override { away(); }
  Task<std::uint64_t> count_audit(store::AuditQuery, Deadline) override { away(); }
  Task<std::uint64_t> remove_audit(TimePoint, std::size_t, Deadline) override { away(); }
};

class NoGates final : public store::GateStore {
 public:
  Task<store::GateReading> read(domain::ArtifactId, GroupId, std::vector<ReceiverId>, Deadline) override {
    away();
  }
  Task<std::vector<store::GateListing>> list(store::GateListQuery, Deadline) override { away(); }
  Task<std::uint64_t> count(store::GateListQuery, Deadline) override { away(); }
  Task<bool> is_evaluating(GroupId, Deadline) override { away(); }
  Task<store::SweepProgress> sweep_slice(std::shared_ptr<const domain::Catalogue>, TimePoint,
                                         Deadline) override {
    away();
  }
};

class NoArtifacts final : public store::ArtifactStore {
 public:
  Task<std::optional<store::ArtifactListing>> find(domain::ArtifactId, Deadline) override { away(); }
  Task<std::vector<store::ArtifactListing>> list(store::ArtifactQuery, Deadline) override { away(); }
  Task<std::uint64_t> count(store::ArtifactQuery, Deadline) override { away(); }
  Task<std::vector<store::TimelineEntry>> timeline(domain::ArtifactId, std::int64_t, std::size_t,
                                                   Deadline) override {
    away();
  }
};

}  // namespace xzepr::api
