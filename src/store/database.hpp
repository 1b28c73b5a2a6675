// One opened database behind the ports. app/ opens it (store/sqlite or store/postgres) and hands each shard
// its ports.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "store/catalogue_store.hpp"
#include "store/commit_signal.hpp"
#include "store/event_store.hpp"
#include "store/gate_store.hpp"
#include "store/journal_store.hpp"
#include "store/search_store.hpp"
#include "store/session_store.hpp"
#include "store/sink_store.hpp"
#include "store/webhook_store.hpp"

namespace xzepr::store {

struct HeadReading {
  std::int64_t position = 0;
  std::int64_t catalogue_revision = 0;
  std::int64_t epoch = 0;
};

class HealthProbe {
 public:
  virtual ~HealthProbe() = default;
  /// A round trip to the store; throws Fault when it is away.
  [[nodiscard]] virtual Task<HeadReading> head(Deadline deadline) = 0;
};

/// The ports of one shard. All belong to the Database and live as long as it.
struct Ports {
  EventStore* events;
  CatalogueStore* catalogue;
  IdentityStore* identities;
  SessionStore* sessions;
  GateStore* gates;
  ArtifactStore* artifacts;
  SearchStore* search;
  JournalStore* journal;
  SinkStore* sinks;
  WebhookStore* webhooks;
  HealthProbe* health;
};

class Database {
 public:
  virtual ~Database() = default;

  /// Makes the ports of a shard whose loop is `loop`. Call before the loop runs, once per shard.
  [[nodiscard]] virtual Ports open_shard(asio::io_context& loop) = 0;
  /// As a shard's, for a loop on which nobody waits for an answer: long reads are done right there. At most
  /// once.
  [[nodiscard]] virtual Ports open_background(asio::io_context& loop) = 0;
  /// Starts the writer. Call once, after all shards were opened.
  virtual void start() = 0;
  /// Answers what is queued, ends the writer and closes. Call after the shards have no request left and while
  /// their loops still run. Blocks for a bounded time.
  virtual void stop() = 0;
  /// Hears of every event and every change of the catalogue that this process commits.
  [[nodiscard]] virtual CommitSignal& commits() = 0;
  /// One word for messages: "sqlite" or "postgres".
  [[nodiscard]] virtual std::string_view kind() const = 0;
};

}  // namespace xzepr::store
