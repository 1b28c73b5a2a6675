#include "service/fake_store_test.hpp"
#include "store/webhook_contract_test.hpp"

// The webhooks that these tests are made with keep the contract of those that are stored.
namespace xzepr::store::contract {
namespace {

class MemoryDatabase final : public Database, public HealthProbe {
 public:
  [[nodiscard]] Ports open_shard(asio::io_context&) override {
    return {.events = &store_,
            .catalogue = &store_,
            .identities = &store_,
            .sessions = &store_.logins,
            .gates = &store_,
            .artifacts = &store_,
            .search = &store_,
            .journal = &journal_,
            .sinks = &journal_,
            .webhooks = &store_.webhooks,
            .health = this};
  }
  [[nodiscard]] Ports open_background(asio::io_context& loop) override { return open_shard(loop); }
  void start() override {}
  void stop() override {}
  [[nodiscard]] CommitSignal& commits() override { return commits_; }
  [[nodiscard]] std::string_view kind() const override { return "memory"; }
  Task<HeadReading> head(Deadline) override {
    co_return HeadReading{.position = store_.position, .catalogue_revision = store_.catalogue_revision};
  }

 private:
  service::FakeStore store_;
  MemoryJournal journal_{store_.webhooks};
  CommitSignal commits_;
};

class MemoryBackend final : public Backend {
 public:
  [[nodiscard]] std::unique_ptr<Database> open() override { return std::make_unique<MemoryDatabase>(); }
};

const Param in_memory{.name = "memory", .make = [] { return std::make_unique<MemoryBackend>(); }};
INSTANTIATE_TEST_SUITE_P(Memory, WebhookContract, testing::Values(in_memory));

}  // namespace
}  // namespace xzepr::store::contract
