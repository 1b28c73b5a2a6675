// The ports of one shard: single rows are read here and now on the shard's own connection, lists by the pool,
// and what changes something goes to the writer's thread.
#pragma once

#include "store/append_writer.hpp"
#include "store/database.hpp"
#include "store/sqlite/advance_ride.hpp"
#include "store/sqlite/catalogue_writer.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite/sweeper.hpp"

namespace xzepr::store::sqlite {

/// What the ports share. Lives as long as the Database.
struct Engine {
  AppendWriter& append_writer;
  const CommitSignal& commits;
  Worker& writer;              ///< the thread that catalogue and sweeper belong to
  CatalogueWriter& catalogue;  ///< on `writer` only
  SessionWriter& sessions;     ///< on `writer` only
  Sweeper& sweeper;            ///< on `writer` only
  SearchWriter& search;        ///< on `writer` only
  SinkWriter& sinks;           ///< on `writer` only
  WebhookWriter& webhooks;     ///< on `writer` only
  AdvanceRide& ride;           ///< on `writer` only
  ReaderPool& pool;
  std::function<void()> on_fatal;
};

/// A change on the writer's thread; when durability is lost there, the process must hear of it.
template <class T>
Task<T> change(Engine& engine, std::move_only_function<T()> work) {
  return run_on<T>(engine.writer, [&engine, work = std::move(work)]() mutable {
    try {
      return work();
    } catch (const Fault& fault) {
      if (fault.kind() == Fault::Kind::fatal) engine.on_fatal();
      throw;
    }
  });
}

/// A change needs a value to bring back.
struct Nothing {};

class SqliteEvents final : public EventStore {
 public:
  SqliteEvents(Engine& engine, Reader& reader) : engine_(engine), reader_(reader) {}
  [[nodiscard]] Task<AppendOutcome> append(AppendUnit unit) override;
  [[nodiscard]] Task<std::vector<AppendOutcome>> append_each(std::vector<AppendUnit> units) override;
  [[nodiscard]] Task<Result<std::optional<std::string>>> find_replay(IdempotencyClaim claim,
                                                                     Deadline deadline) override;
  [[nodiscard]] Task<std::optional<domain::Event>> find(EventId id, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::Event>> list(EventQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count(EventQuery query, Deadline deadline) override;

 private:
  Engine& engine_;
  Reader& reader_;
};

class SqliteCatalogue final : public CatalogueStore {
 public:
  SqliteCatalogue(Engine& engine, Reader& reader) : engine_(engine), reader_(reader) {}
  [[nodiscard]] Task<CatalogueData> load(Deadline deadline) override;
  [[nodiscard]] Task<std::int64_t> revision(Deadline deadline) override;
  [[nodiscard]] Task<CatalogueOutcome> apply(CatalogueChange change) override;

 private:
  Engine& engine_;
  Reader& reader_;
};

class SqliteIdentities final : public IdentityStore {
 public:
  SqliteIdentities(Engine& engine, Reader& reader) : engine_(engine), reader_(reader) {}
  [[nodiscard]] Task<std::optional<Credential>> find_credential(crypto::Sha256 key_hash,
                                                                Deadline deadline) override;
  [[nodiscard]] Task<std::optional<SessionRecord>> find_session(SessionId id, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<identity::User>> find_user(std::string username,
                                                              Deadline deadline) override;
  [[nodiscard]] Task<std::optional<identity::User>> find_user_by_id(UserId id, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<identity::User>> find_user_by_identity(std::string issuer,
                                                                          std::string subject,
                                                                          Deadline deadline) override;
  [[nodiscard]] Task<bool> has_admin(Deadline deadline) override;
  [[nodiscard]] Task<bool> has_other_admin(UserId user, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<identity::User>> list_users(std::optional<UserId> after, std::size_t limit,
                                                             Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_users(Deadline deadline) override;
  [[nodiscard]] Task<std::optional<identity::ApiKey>> find_api_key(ApiKeyId id, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<identity::ApiKey>> list_api_keys(std::optional<UserId> user,
                                                                  std::optional<ApiKeyId> after,
                                                                  std::size_t limit,
                                                                  Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_api_keys(std::optional<UserId> user, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_live_api_keys(UserId user, TimePoint now,
                                                        Deadline deadline) override;
  [[nodiscard]] Task<> touch_api_key(ApiKeyId id, TimePoint at, Deadline deadline) override;
  [[nodiscard]] Task<std::string> shared_secret(Deadline deadline) override;

 private:
  Engine& engine_;
  Reader& reader_;
};

class SqliteSessions final : public SessionStore {
 public:
  SqliteSessions(Engine& engine, Reader& reader) : engine_(engine), reader_(reader) {}
  [[nodiscard]] Task<std::optional<LoginRecord>> find_login(std::string username, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<RefreshRecord>> find_refresh_token(crypto::Sha256 hash,
                                                                      Deadline deadline) override;
  [[nodiscard]] Task<> open_session(NewSession session, Deadline deadline) override;
  [[nodiscard]] Task<bool> rotate(RefreshRotation rotation, Deadline deadline) override;
  [[nodiscard]] Task<> put_ticket(StreamTicketRecord ticket, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<std::string>> take_ticket(crypto::Sha256 hash, TimePoint now,
                                                             Deadline deadline) override;
  [[nodiscard]] Task<> record(identity::AuditEntry entry, Deadline deadline) override;
  [[nodiscard]] Task<LoginFailures> count_login_failures(std::string username, std::string address,
                                                         TimePoint since, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<identity::AuditEntry>> list_audit(AuditQuery query,
                                                                   Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_audit(AuditQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> remove_audit(TimePoint end, std::size_t limit,
                                                 Deadline deadline) override;

 private:
  Engine& engine_;
  Reader& reader_;
};

class SqliteGates final : public GateStore {
 public:
  SqliteGates(Engine& engine, Reader& reader) : engine_(engine), reader_(reader) {}
  [[nodiscard]] Task<GateReading> read(domain::ArtifactId artifact, GroupId group,
                                       std::vector<ReceiverId> receivers, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<GateListing>> list(GateListQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count(GateListQuery query, Deadline deadline) override;
  [[nodiscard]] Task<bool> is_evaluating(GroupId group, Deadline deadline) override;
  [[nodiscard]] Task<SweepProgress> sweep_slice(std::shared_ptr<const domain::Catalogue> catalogue,
                                                TimePoint now, Deadline deadline) override;

 private:
  Engine& engine_;
  Reader& reader_;
};

class SqliteArtifacts final : public ArtifactStore {
 public:
  SqliteArtifacts(Engine& engine, Reader& reader) : engine_(engine), reader_(reader) {}
  [[nodiscard]] Task<std::optional<ArtifactListing>> find(domain::ArtifactId id, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<ArtifactListing>> list(ArtifactQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count(ArtifactQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<TimelineEntry>> timeline(domain::ArtifactId id, std::int64_t after,
                                                          std::size_t limit, Deadline deadline) override;

 private:
  Engine& engine_;
  Reader& reader_;
};

class SqliteSearch final : public SearchStore {
 public:
  explicit SqliteSearch(Engine& engine) : engine_(engine) {}
  [[nodiscard]] Task<std::optional<std::vector<EventId>>> candidates(domain::SearchTerms terms,
                                                                     std::size_t max,
                                                                     Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::Event>> read(std::vector<EventId> ids, Deadline deadline) override;
  [[nodiscard]] Task<IndexProgress> index_slice(Deadline deadline) override;

 private:
  Engine& engine_;
};

/// Where reads that may be long are done.
enum class LongReads : std::uint8_t { in_pool, here };

class SqliteJournal final : public JournalStore {
 public:
  SqliteJournal(Engine& engine, Reader& reader, LongReads reads)
      : engine_(engine), reader_(reader), reads_(reads) {}
  [[nodiscard]] Task<std::vector<domain::JournalEntry>> read(JournalRange range, Deadline deadline) override;
  [[nodiscard]] Task<JournalExtent> extent(Deadline deadline) override;

 private:
  Engine& engine_;
  Reader& reader_;
  const LongReads reads_;
};

class SqliteSinks final : public SinkStore {
 public:
  SqliteSinks(Engine& engine, Reader& reader) : engine_(engine), reader_(reader) {}
  [[nodiscard]] Task<std::optional<SinkLease>> take_lease(LeaseRequest request, Deadline deadline) override;
  [[nodiscard]] Task<bool> renew_lease(SinkDriver driver, std::chrono::milliseconds duration,
                                       Deadline deadline) override;
  [[nodiscard]] Task<> release_lease(SinkDriver driver, Deadline deadline) override;
  [[nodiscard]] Task<bool> advance(SinkDriver driver, std::int64_t position, Deadline deadline) override;
  [[nodiscard]] Task<bool> bury(SinkDriver driver, domain::DeadLetter letter, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::Sink>> list_sinks(Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::DeadLetter>> list_dead_letters(DeadLetterQuery query,
                                                                        Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_dead_letters(std::string sink, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<domain::DeadLetter>> find_dead_letter(domain::DeadLetterId id,
                                                                         Deadline deadline) override;
  [[nodiscard]] Task<bool> request_resend(domain::DeadLetterId id, TimePoint at, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::DeadLetter>> list_resends(std::string sink, std::size_t limit,
                                                                   Deadline deadline) override;
  [[nodiscard]] Task<> give_up_resend(domain::DeadLetterId id, std::string detail,
                                      Deadline deadline) override;
  [[nodiscard]] Task<> remove_dead_letter(domain::DeadLetterId id, Deadline deadline) override;

 private:
  Engine& engine_;
  Reader& reader_;
};

class SqliteWebhooks final : public WebhookStore {
 public:
  SqliteWebhooks(Engine& engine, Reader& reader) : engine_(engine), reader_(reader) {}
  [[nodiscard]] Task<std::vector<domain::Webhook>> list_webhooks(std::optional<domain::WebhookId> after,
                                                                 std::size_t limit,
                                                                 Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_webhooks(Deadline deadline) override;
  [[nodiscard]] Task<std::optional<domain::Webhook>> find_webhook(domain::WebhookId id,
                                                                  Deadline deadline) override;
  [[nodiscard]] Task<std::optional<domain::Webhook>> find_webhook_by_name(std::string name,
                                                                          Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::WebhookDelivery>> list_deliveries(DeliveryQuery query,
                                                                           Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_deliveries(DeliveryQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<domain::WebhookDelivery>> find_delivery(domain::DeliveryId id,
                                                                           Deadline deadline) override;
  [[nodiscard]] Task<bool> feed(SinkDriver driver, std::int64_t position,
                                std::vector<domain::WebhookDelivery> deliveries, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> replay(std::vector<domain::WebhookDelivery> deliveries,
                                           Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> replay_failed(domain::WebhookId webhook, std::size_t limit,
                                                  Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::WebhookDelivery>> claim(std::vector<DeliveryRoom> rooms,
                                                                 std::chrono::milliseconds lease,
                                                                 Deadline deadline) override;
  [[nodiscard]] Task<> settle(std::vector<AttemptOutcome> outcomes, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<std::chrono::milliseconds>> next_due(std::vector<domain::WebhookId> except,
                                                                        Deadline deadline) override;
  [[nodiscard]] Task<bool> disable(domain::WebhookId id, std::string reason, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> remove_old_deliveries(TimePoint end, std::size_t limit,
                                                          Deadline deadline) override;

 private:
  Engine& engine_;
  Reader& reader_;
};

class SqliteHealth final : public HealthProbe {
 public:
  explicit SqliteHealth(Reader& reader) : reader_(reader) {}
  [[nodiscard]] Task<HeadReading> head(Deadline deadline) override;

 private:
  Reader& reader_;
};

/// One shard's ports and its connection.
struct ShardPorts {
  ShardPorts(Engine& engine, const std::string& path, std::size_t cache_bytes, LongReads journal_reads);
  [[nodiscard]] Ports ports();

  Reader reader;
  SqliteEvents events;
  SqliteCatalogue catalogue;
  SqliteIdentities identities;
  SqliteSessions sessions;
  SqliteGates gates;
  SqliteArtifacts artifacts;
  SqliteSearch search;
  SqliteJournal journal;
  SqliteSinks sinks;
  SqliteWebhooks webhooks;
  SqliteHealth health;
};

}  // namespace xzepr::store::sqlite
