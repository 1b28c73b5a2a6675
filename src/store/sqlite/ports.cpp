#include "store/sqlite/ports.hpp"

namespace xzepr::store::sqlite {
Task<AppendOutcome> SqliteEvents::append(AppendUnit unit) {
  return append_through(engine_.append_writer, std::move(unit));
}

Task<std::vector<AppendOutcome>> SqliteEvents::append_each(std::vector<AppendUnit> units) {
  return append_each_through(engine_.append_writer, std::move(units));
}

Task<Result<std::optional<std::string>>> SqliteEvents::find_replay(IdempotencyClaim claim, Deadline) {
  co_return reader_.events.find_replay(claim);
}

Task<std::optional<domain::Event>> SqliteEvents::find(EventId id, Deadline) {
  co_return reader_.events.find(id);
}

Task<std::vector<domain::Event>> SqliteEvents::list(EventQuery query, Deadline deadline) {
  using Events = std::vector<domain::Event>;
  return engine_.pool.read<Events>(
      deadline, [query = std::move(query)](Reader& reader) { return reader.events.list(query); });
}

Task<std::uint64_t> SqliteEvents::count(EventQuery query, Deadline deadline) {
  return engine_.pool.read<std::uint64_t>(
      deadline, [query = std::move(query)](Reader& reader) { return reader.events.count(query); });
}

Task<CatalogueData> SqliteCatalogue::load(Deadline deadline) {
  return engine_.pool.read<CatalogueData>(deadline, [](Reader& reader) { return reader.catalogue.load(); });
}

Task<std::int64_t> SqliteCatalogue::revision(Deadline) {
  co_return reader_.catalogue.head().catalogue_revision;
}

Task<CatalogueOutcome> SqliteCatalogue::apply(CatalogueChange wanted) {
  return change<CatalogueOutcome>(engine_, [&engine = engine_, wanted = std::move(wanted)] {
    auto outcome = engine.catalogue.apply(wanted);
    if (std::holds_alternative<CatalogueApplied>(outcome)) engine.commits.notify();
    return outcome;
  });
}

Task<std::optional<Credential>> SqliteIdentities::find_credential(crypto::Sha256 key_hash, Deadline) {
  co_return reader_.identities.find_credential(key_hash);
}

Task<std::optional<identity::User>> SqliteIdentities::find_user(std::string username, Deadline) {
  co_return reader_.identities.find_user(username);
}

Task<std::optional<identity::User>> SqliteIdentities::find_user_by_id(UserId id, Deadline) {
  co_return reader_.identities.find_user(id);
}

Task<std::optional<identity::User>> SqliteIdentities::find_user_by_identity(std::string issuer,
                                                                            std::string subject, Deadline) {
  co_return reader_.identities.find_user_by_identity(issuer, subject);
}

Task<bool> SqliteIdentities::has_other_admin(UserId user, Deadline) {
  co_return reader_.identities.has_other_admin(user);
}

Task<std::vector<identity::User>> SqliteIdentities::list_users(std::optional<UserId> after, std::size_t limit,
                                                               Deadline deadline) {
  using Users = std::vector<identity::User>;
  return engine_.pool.read<Users>(deadline,
                                  [=](Reader& reader) { return reader.identities.list_users(after, limit); });
}

Task<std::uint64_t> SqliteIdentities::count_users(Deadline deadline) {
  return engine_.pool.read<std::uint64_t>(deadline,
                                          [](Reader& reader) { return reader.identities.count_users(); });
}

Task<bool> SqliteIdentities::has_admin(Deadline) { co_return reader_.identities.has_admin(); }

Task<std::optional<identity::ApiKey>> SqliteIdentities::find_api_key(ApiKeyId id, Deadline) {
  co_return reader_.identities.find_api_key(id);
}

Task<std::vector<identity::ApiKey>> SqliteIdentities::list_api_keys(std::optional<UserId> user,
                                                                    std::optional<ApiKeyId> after,
                                                                    std::size_t limit, Deadline deadline) {
  using Keys = std::vector<identity::ApiKey>;
  return engine_.pool.read<Keys>(
      deadline, [=](Reader& reader) { return reader.identities.list_api_keys(user, after, limit); });
}

Task<std::uint64_t> SqliteIdentities::count_api_keys(std::optional<UserId> user, Deadline deadline) {
  return engine_.pool.read<std::uint64_t>(
      deadline, [user](Reader& reader) { return reader.identities.count_api_keys(user); });
}

Task<std::uint64_t> SqliteIdentities::count_live_api_keys(UserId user, TimePoint now, Deadline deadline) {
  return engine_.pool.read<std::uint64_t>(
      deadline, [user, now](Reader& reader) { return reader.identities.count_live_api_keys(user, now); });
}

Task<> SqliteIdentities::touch_api_key(ApiKeyId id, TimePoint at, Deadline) {
  std::move_only_function<Nothing()> work = [this, id, at] {
    engine_.catalogue.touch_api_key(id, at);
    return Nothing{};
  };
  co_await change<Nothing>(engine_, std::move(work));
}

Task<std::string> SqliteIdentities::shared_secret(Deadline) {
  auto stored = reader_.identities.shared_secret();
  if (stored) co_return *std::move(stored);
  std::move_only_function<std::string()> work = [this] { return engine_.catalogue.shared_secret(); };
  co_return co_await change<std::string>(engine_, std::move(work));
}

Task<std::optional<LoginRecord>> SqliteSessions::find_login(std::string username, Deadline) {
  co_return reader_.sessions.find_login(username);
}

Task<std::optional<SessionRecord>> SqliteIdentities::find_session(SessionId id, Deadline) {
  co_return reader_.sessions.find_session(id);
}

Task<std::optional<RefreshRecord>> SqliteSessions::find_refresh_token(crypto::Sha256 hash, Deadline) {
  co_return reader_.sessions.find_refresh_token(hash);
}

Task<> SqliteSessions::open_session(NewSession session, Deadline) {
  std::move_only_function<Nothing()> work = [this, session = std::move(session)] {
    engine_.sessions.open_session(session);
    return Nothing{};
  };
  co_await change<Nothing>(engine_, std::move(work));
}

Task<bool> SqliteSessions::rotate(RefreshRotation rotation, Deadline) {
  return change<bool>(engine_,
                      [this, rotation = std::move(rotation)] { return engine_.sessions.rotate(rotation); });
}

Task<> SqliteSessions::put_ticket(StreamTicketRecord ticket, Deadline) {
  std::move_only_function<Nothing()> work = [this, ticket = std::move(ticket)] {
    engine_.sessions.put_ticket(ticket);
    return Nothing{};
  };
  co_await change<Nothing>(engine_, std::move(work));
}

Task<std::optional<std::string>> SqliteSessions::take_ticket(crypto::Sha256 hash, TimePoint now, Deadline) {
  return change<std::optional<std::string>>(
      engine_, [this, hash, now] { return engine_.sessions.take_ticket(hash, now); });
}

Task<> SqliteSessions::record(identity::AuditEntry entry, Deadline) {
  std::move_only_function<Nothing()> work = [this, entry = std::move(entry)] {
    engine_.sessions.record(entry);
    return Nothing{};
  };
  co_await change<Nothing>(engine_, std::move(work));
}

Task<LoginFailures> SqliteSessions::count_login_failures(std::string username, std::string address,
                                                         TimePoint since, Deadline) {
  co_return reader_.sessions.count_login_failures(username, address, since);
}

Task<std::vector<identity::AuditEntry>> SqliteSessions::list_audit(AuditQuery query, Deadline deadline) {
  using Entries = std::vector<identity::AuditEntry>;
  return engine_.pool.read<Entries>(
      deadline, [query = std::move(query)](Reader& reader) { return reader.sessions.list_audit(query); });
}

Task<std::uint64_t> SqliteSessions::count_audit(AuditQuery query, Deadline deadline) {
  return engine_.pool.read<std::uint64_t>(
      deadline, [query = std::move(query)](Reader& reader) { return reader.sessions.count_audit(query); });
}

Task<std::uint64_t> SqliteSessions::remove_audit(TimePoint end, std::size_t limit, Deadline) {
  return change<std::uint64_t>(engine_,
                               [this, end, limit] { return engine_.sessions.remove_audit(end, limit); });
}

Task<GateReading> SqliteGates::read(domain::ArtifactId artifact, GroupId group,
                                    std::vector<ReceiverId> receivers, Deadline) {
  co_return reader_.gates.read(artifact, group, receivers);
}

Task<std::vector<GateListing>> SqliteGates::list(GateListQuery query, Deadline deadline) {
  using Gates = std::vector<GateListing>;
  return engine_.pool.read<Gates>(deadline, [query](Reader& reader) { return reader.gates.list(query); });
}

Task<std::uint64_t> SqliteGates::count(GateListQuery query, Deadline deadline) {
  return engine_.pool.read<std::uint64_t>(deadline,
                                          [query](Reader& reader) { return reader.gates.count(query); });
}

Task<bool> SqliteGates::is_evaluating(GroupId group, Deadline) {
  co_return reader_.gates.is_evaluating(group);
}

Task<SweepProgress> SqliteGates::sweep_slice(std::shared_ptr<const domain::Catalogue> catalogue,
                                             TimePoint now, Deadline) {
  return change<SweepProgress>(engine_, [&engine = engine_, catalogue = std::move(catalogue), now] {
    return engine.sweeper.slice(*catalogue, now);
  });
}

Task<std::optional<ArtifactListing>> SqliteArtifacts::find(domain::ArtifactId id, Deadline) {
  co_return reader_.artifacts.find(id);
}

Task<std::vector<ArtifactListing>> SqliteArtifacts::list(ArtifactQuery query, Deadline deadline) {
  using Artifacts = std::vector<ArtifactListing>;
  return engine_.pool.read<Artifacts>(
      deadline, [query = std::move(query)](Reader& reader) { return reader.artifacts.list(query); });
}

Task<std::uint64_t> SqliteArtifacts::count(ArtifactQuery query, Deadline deadline) {
  return engine_.pool.read<std::uint64_t>(
      deadline, [query = std::move(query)](Reader& reader) { return reader.artifacts.count(query); });
}

Task<std::vector<TimelineEntry>> SqliteArtifacts::timeline(domain::ArtifactId id, std::int64_t after,
                                                           std::size_t limit, Deadline deadline) {
  using Entries = std::vector<TimelineEntry>;
  return engine_.pool.read<Entries>(
      deadline, [=](Reader& reader) { return reader.artifacts.timeline(id, after, limit); });
}

Task<std::optional<std::vector<EventId>>> SqliteSearch::candidates(domain::SearchTerms terms, std::size_t max,
                                                                   Deadline deadline) {
  using Ids = std::optional<std::vector<EventId>>;
  return engine_.pool.read<Ids>(deadline, [terms = std::move(terms), max](Reader& reader) {
    return reader.search.candidates(terms, max);
  });
}

Task<std::vector<domain::Event>> SqliteSearch::read(std::vector<EventId> ids, Deadline deadline) {
  using Events = std::vector<domain::Event>;
  return engine_.pool.read<Events>(deadline, [ids = std::move(ids)](Reader& reader) {
    Events events;
    for (const auto id : ids) {
      if (auto event = reader.events.find(id)) events.push_back(*std::move(event));
    }
    return events;
  });
}

// Terms are made on a reader's thread, so that the writer's has only to file them.
Task<IndexProgress> SqliteSearch::index_slice(Deadline deadline) {
  std::move_only_function<IndexSlice(Reader&)> read = [](Reader& reader) {
    return reader.search.next_slice();
  };
  IndexSlice slice = co_await engine_.pool.read<IndexSlice>(deadline, std::move(read));
  IndexProgress nothing;
  nothing.head_position = slice.head_position;
  nothing.indexed_position = slice.after;
  if (slice.last_position == slice.after) co_return nothing;
  std::move_only_function<IndexProgress()> file = [&engine = engine_, slice = std::move(slice)] {
    return engine.search.file(slice);
  };
  co_return co_await change<IndexProgress>(engine_, std::move(file));
}

Task<std::vector<domain::JournalEntry>> SqliteJournal::read(JournalRange range, Deadline deadline) {
  using Entries = std::vector<domain::JournalEntry>;
  if (reads_ == LongReads::here) co_return reader_.journal.read(range);
  co_return co_await engine_.pool.read<Entries>(
      deadline, [range](Reader& reader) { return reader.journal.read(range); });
}

Task<JournalExtent> SqliteJournal::extent(Deadline) { co_return reader_.journal.extent(); }

Task<HeadReading> SqliteHealth::head(Deadline) { co_return reader_.catalogue.head(); }

ShardPorts::ShardPorts(Engine& engine, const std::string& path, std::size_t cache_bytes,
                       LongReads journal_reads)
    : reader(path, cache_bytes),
      events(engine, reader),
      catalogue(engine, reader),
      identities(engine, reader),
      sessions(engine, reader),
      gates(engine, reader),
      artifacts(engine, reader),
      search(engine),
      journal(engine, reader, journal_reads),
      sinks(engine, reader),
      webhooks(engine, reader),
      health(reader) {}

Ports ShardPorts::ports() {
  return {.events = &events,
          .catalogue = &catalogue,
          .identities = &identities,
          .sessions = &sessions,
          .gates = &gates,
          .artifacts = &artifacts,
          .search = &search,
          .journal = &journal,
          .sinks = &sinks,
          .webhooks = &webhooks,
          .health = &health};
}

}  // namespace xzepr::store::sqlite
