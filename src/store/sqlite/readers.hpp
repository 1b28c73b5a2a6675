// One connection that reads, with everything it can read; and a small pool of them on threads of their own,
// for lists and timelines, so that a long one never holds up a shard.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/deadline.hpp"
#include "base/worker.hpp"
#include "store/sqlite/artifact_reader.hpp"
#include "store/sqlite/catalogue_reader.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/event_reader.hpp"
#include "store/sqlite/gate_reader.hpp"
#include "store/sqlite/journal_reader.hpp"
#include "store/sqlite/search_index.hpp"
#include "store/sqlite/session_tables.hpp"
#include "store/sqlite/sink_tables.hpp"
#include "store/sqlite/webhook_tables.hpp"

namespace xzepr::store::sqlite {

/// One thread at a time.
struct Reader {
  Reader(const std::string& path, std::size_t cache_bytes)
      : connection(path, Access::read, cache_bytes),
        events(connection),
        gates(connection),
        artifacts(connection),
        search(connection),
        journal(connection, events),
        sinks(connection),
        webhooks(connection),
        catalogue(connection),
        identities(connection),
        sessions(connection, identities) {}

  Connection connection;
  EventReader events;
  GateReader gates;
  ArtifactReader artifacts;
  SearchReader search;
  JournalReader journal;
  SinkReader sinks;
  WebhookReader webhooks;
  CatalogueReader catalogue;
  IdentityReader identities;
  SessionReader sessions;
};

/// Any thread.
class ReaderPool {
 public:
  /// At most this many reads wait; more are refused at once.
  static constexpr int waiting_max = 1'000;

  ReaderPool(const std::string& path, std::size_t threads, std::size_t cache_bytes);

  void start() { worker_.start(); }
  void stop() { worker_.stop(); }

  /// `read` runs on one of the threads. Throws Fault unavailable when it is not done by `deadline`.
  template <class T>
  Task<T> read(Deadline deadline, std::move_only_function<T(Reader&)> read) {
    const Waiting waiting(waiting_);
    std::move_only_function<T()> work = [this, deadline, read = std::move(read)]() mutable {
      const Lease lease(*this, deadline);
      return read(*lease.reader);
    };
    co_return co_await run_on<T>(worker_, std::move(work));
  }

 private:
  using Count = std::shared_ptr<std::atomic<int>>;

  /// Counts one who waits. Throws Fault when there are too many. May outlive the pool: a read that was given
  /// up when everything stopped ends with its shard, and that is after the store.
  class Waiting {
   public:
    explicit Waiting(Count count);
    ~Waiting() { --*count_; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    const Count count_;
  };
  /// One free reader for the length of one read; there are as many as threads.
  struct Lease {
    Lease(ReaderPool& pool, Deadline deadline);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    ReaderPool& pool;
    std::unique_ptr<Reader> reader;
  };

  const Count waiting_ = std::make_shared<std::atomic<int>>(0);
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> free_;  // guarded by mutex_
  Worker worker_;
};

}  // namespace xzepr::store::sqlite
