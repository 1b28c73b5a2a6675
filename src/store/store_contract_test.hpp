// What every store must do, as tests that each store's own test binary runs: include the three
// *_contract_test.hpp files in one source and instantiate StoreContract with a way to make an empty, migrated
// database.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include "store/database.hpp"

namespace xzepr::store::contract {

/// One empty, migrated database; opened again, it still holds what was stored.
class Backend {
 public:
  virtual ~Backend() = default;
  [[nodiscard]] virtual std::unique_ptr<Database> open() = 0;
};

struct Param {
  std::string name;
  std::function<std::unique_ptr<Backend>()> make;  ///< null when the server it needs is not there: skipped
};

inline TimePoint at(std::int64_t seconds) { return TimePoint{std::chrono::seconds{1'767'225'600 + seconds}}; }
inline Deadline soon() { return Deadline::after(std::chrono::seconds{30}); }

/// Two shards with threads of their own over one database, and short words for what tests do.
class StoreContract : public testing::TestWithParam<Param> {
 public:
  static constexpr std::size_t shard_count = 2;

 protected:
  void SetUp() override {
    backend_ = GetParam().make();
    if (!backend_) GTEST_SKIP() << "no server for " << GetParam().name;
    open();
  }
  void TearDown() override { close(); }

  void open() {
    database_ = backend_->open();
    serve();
  }
  void serve() {
    for (std::size_t i = 0; i < shard_count; ++i) {
      auto& shard = *shards_.emplace_back(std::make_unique<Shard>());
      shard.ports = database_->open_shard(shard.loop);
    }
    database_->start();
    for (auto& shard : shards_) shard->thread = std::thread([loop = &shard->loop] { loop->run(); });
  }
  void close() {
    if (!database_) return;
    database_->stop();
    for (auto& shard : shards_) {
      shard->guard.reset();
      shard->thread.join();
    }
    database_.reset();
    shards_.clear();
  }

  [[nodiscard]] const Ports& ports(std::size_t shard = 0) const { return shards_[shard]->ports; }

  template <class T>
  std::future<T> spawn(Task<T> task, std::size_t shard = 0) {
    auto promise = std::make_shared<std::promise<T>>();
    auto future = promise->get_future();
    asio::co_spawn(shards_[shard]->loop, finish(std::move(task), promise), [](const std::exception_ptr&) {});
    return future;
  }
  template <class T>
  T run(Task<T> task, std::size_t shard = 0) {
    return spawn(std::move(task), shard).get();
  }

  // Values.
  domain::Receiver make_receiver(const std::string& name) {
    domain::Receiver receiver;
    receiver.id = ReceiverId{ids_.next(at(0))};
    receiver.name = name;
    receiver.type = "dev.test." + name;
    receiver.version = "1.0";
    receiver.description = "says " + name;
    receiver.schema = R"({"type":"object"})";
    receiver.field_formats = {{"version", "semver"}};
    receiver.fingerprint = std::string(64, 'a');
    receiver.owner = domain::subject_of(user_);
    receiver.created_at = receiver.updated_at = at(0);
    return receiver;
  }
  domain::Group make_group(const std::string& name, std::vector<ReceiverId> receivers) {
    domain::Group group;
    group.id = GroupId{ids_.next(at(0))};
    group.name = name;
    group.type = "dev.test." + name;
    group.version = "1.0";
    group.description = "waits for " + name;
    group.receiver_ids = std::move(receivers);
    group.members = {domain::Subject{"role:testers"}};
    group.owner = domain::subject_of(user_);
    group.gate_revision = -1;
    group.created_at = group.updated_at = at(0);
    return group;
  }
  domain::Event make_event(ReceiverId receiver, const std::string& version, bool success = true) {
    domain::Event event;
    event.artifact = {
        .name = "app", .version = version, .release = "1", .platform_id = "amd64", .package = "deb"};
    event.artifact_id = domain::artifact_id(event.artifact);
    event.description = "built";
    event.payload = R"({"count":1})";
    event.success = success;
    event.receiver_id = receiver;
    event.created_by = user_;
    stamp(event, at(100 + event_count_++));
    return event;
  }
  /// Moves an event to `time`, its id as well.
  void stamp(domain::Event& event, TimePoint time) {
    event.id = EventId{UlidSource().next(time)};
    event.event_start = event.event_end = event.created_at = time;
  }
  void identify(domain::Event& event, domain::Artifact artifact) {
    event.artifact = std::move(artifact);
    event.artifact_id = domain::artifact_id(event.artifact);
  }
  AppendUnit unit_of(std::vector<domain::Event> events) {
    return {.events = std::move(events), .claim = std::nullopt, .catalogue = catalogue_, .deadline = soon()};
  }
  IdempotencyClaim claim_of(const std::string& key, const std::string& body) const {
    return {.key = idempotency_key_id(user_, "POST /api/v1/events", key), .body_hash = crypto::sha256(body)};
  }

  // Deeds.
  std::int64_t apply(std::vector<CatalogueWrite> writes, std::vector<domain::JournalRow> journal = {}) {
    CatalogueChange change{.expected_revision = revision(),
                           .writes = std::move(writes),
                           .journal = std::move(journal),
                           .claim = std::nullopt,
                           .answer = {},
                           .deadline = soon()};
    const auto outcome = run(ports().catalogue->apply(std::move(change)));
    EXPECT_TRUE(std::holds_alternative<CatalogueApplied>(outcome));
    take_snapshot();
    return catalogue_->revision();
  }
  void take_snapshot() {
    auto data = run(ports().catalogue->load(soon()));
    catalogue_ = std::make_shared<const domain::Catalogue>(data.revision, std::move(data.receivers),
                                                           std::move(data.groups));
  }
  std::int64_t revision() { return run(ports().catalogue->revision(soon())); }
  std::int64_t position() { return run(ports().health->head(soon())).position; }

  domain::Receiver given_receiver(const std::string& name) {
    auto receiver = make_receiver(name);
    apply({PutReceiver{receiver}});
    return receiver;
  }
  /// A gate over as many new receivers; sets receivers_.
  domain::Group given_group_of(std::size_t count, const std::string& name = "ready") {
    receivers_.clear();
    std::vector<CatalogueWrite> writes;
    for (std::size_t i = 0; i < count; ++i) {
      const auto receiver = make_receiver(name + std::to_string(i));
      receivers_.push_back(receiver.id);
      writes.emplace_back(PutReceiver{receiver});
    }
    auto group = make_group(name, receivers_);
    writes.emplace_back(PutGroup{group});
    apply(std::move(writes));
    return *catalogue_->find_group(group.id);
  }

  AppendOutcome append(AppendUnit unit, std::size_t shard = 0) {
    return run(ports(shard).events->append(std::move(unit)), shard);
  }
  std::vector<domain::Appended> must_append(std::vector<domain::Event> events) {
    auto outcome = append(unit_of(std::move(events)));
    if (const auto* error = std::get_if<Error>(&outcome))
      ADD_FAILURE() << error->code << ": " << error->detail;
    EXPECT_TRUE(std::holds_alternative<std::vector<domain::Appended>>(outcome));
    auto* appended = std::get_if<std::vector<domain::Appended>>(&outcome);
    return appended != nullptr ? *appended : std::vector<domain::Appended>{};
  }
  domain::Appended must_append_one(domain::Event event) {
    std::vector<domain::Event> events;
    events.push_back(std::move(event));
    auto appended = must_append(std::move(events));
    return appended.empty() ? domain::Appended{} : appended.front();
  }
  std::vector<TimelineEntry> timeline(const domain::ArtifactId& artifact, std::int64_t after = 0,
                                      std::size_t limit = 1'000) {
    return run(ports().artifacts->timeline(artifact, after, limit, soon()));
  }
  /// Until nothing is left to sweep.
  void sweep() {
    for (int slice = 0; slice < 1'000; ++slice) {
      const auto progress = run(ports().gates->sweep_slice(catalogue_, at(10'000), soon()));
      if (!progress.is_found) return;
    }
    ADD_FAILURE() << "the sweep does not end";
  }
  static std::string_view code(const AppendOutcome& outcome) {
    const auto* error = std::get_if<Error>(&outcome);
    return error == nullptr ? "" : error->code;
  }

  struct Shard {
    asio::io_context loop{1};
    std::optional<asio::executor_work_guard<Executor>> guard{loop.get_executor()};
    Ports ports{};
    std::thread thread;
  };

  UlidSource ids_;
  UserId user_{ids_.next(at(0))};
  std::int64_t event_count_ = 0;
  std::vector<ReceiverId> receivers_;
  std::shared_ptr<const domain::Catalogue> catalogue_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Database> database_;
  std::vector<std::unique_ptr<Shard>> shards_;

 private:
  template <class T>
  static Task<> finish(Task<T> task, std::shared_ptr<std::promise<T>> promise) {
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(task);
        promise->set_value();
      } else {
        promise->set_value(co_await std::move(task));
      }
    } catch (...) {
      promise->set_exception(std::current_exception());
    }
  }
};

}  // namespace xzepr::store::contract
