#include "store/append_writer.hpp"

#include <condition_variable>
#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include "base/limits.hpp"

namespace xzepr::store {
namespace {

using namespace std::chrono_literals;

EventId event_id(std::uint64_t number) {
  EventId id;
  for (std::size_t i = 0; i < 8; ++i) id.value.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

std::shared_ptr<const domain::Catalogue> catalogue_at(std::int64_t revision) {
  return std::make_shared<const domain::Catalogue>(revision, std::vector<domain::Receiver>{},
                                                   std::vector<domain::Group>{});
}

/// One event about artifact `artifact`; revision 1 unless told.
AppendUnit unit(std::uint64_t number, std::uint8_t artifact = 0, std::int64_t revision = 1) {
  domain::Event event;
  event.id = event_id(number);
  event.artifact_id.bytes[0] = artifact;
  AppendUnit made{
      .events = {}, .claim = {}, .catalogue = catalogue_at(revision), .deadline = Deadline::after(30s)};
  made.events.push_back(std::move(event));
  return made;
}

using Ids = std::vector<EventId>;

/// Holds each commit until the test lets it go, and behaves as it was told.
class FakeBackend final : public AppendBackend {
 public:
  Task<BatchOutcome> commit(std::span<const AppendUnit* const> units, Deadline) override {
    Ids ids;
    for (const auto* one : units) ids.push_back(one->events.front().id);
    auto start = [this, ids](Resume<int> resume) {
      const std::lock_guard lock(mutex_);
      batches_.push_back(ids);
      if (is_open_) return resume(0);
      held_.push_back(std::move(resume));
      changed_.notify_all();
    };
    co_await suspend<int>(std::move(start));
    co_return decide(units);
  }

  /// Any number of further commits return at once.
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    for (auto& resume : std::exchange(held_, {})) resume(0);
  }
  void release_one() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !held_.empty(); });
    auto resume = std::move(held_.front());
    held_.erase(held_.begin());
    resume(0);
  }
  void wait_for_batches(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return batches_.size() >= count; });
  }
  std::vector<Ids> batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

  // Set before the first unit is submitted.
  std::int64_t revision = 1;
  std::optional<EventId> refused;
  std::optional<Fault> fault;

 private:
  BatchOutcome decide(std::span<const AppendUnit* const> units) const {
    if (fault) throw Fault(*fault);
    for (const auto* one : units) {
      if (refused && one->events.front().id == *refused) throw Fault(Fault::Kind::refused, "duplicate id");
    }
    for (const auto* one : units) {
      if (one->catalogue->revision() != revision) return BatchStale{revision};
    }
    BatchCommitted committed;
    for (const auto* one : units) {
      std::vector<domain::Appended> answers(1);
      answers.front().id = one->events.front().id;
      committed.outcomes.emplace_back(std::move(answers));
    }
    return committed;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Ids> batches_;
  std::vector<Resume<int>> held_;
  bool is_open_ = false;
};

class AppendWriterTest : public testing::Test {
 protected:
  ~AppendWriterTest() override {
    for (auto& backend : backends_) backend->open();
    if (writer_) writer_->stop(Deadline::after(10s));
    guard_.reset();
    thread_.join();
  }

  void start(std::size_t lanes = 1, AppendWriter::Options options = {}) {
    std::vector<AppendBackend*> pointers;
    for (std::size_t i = 0; i < lanes; ++i)
      pointers.push_back(backends_.emplace_back(std::make_unique<FakeBackend>()).get());
    writer_.emplace(loop_, pointers, options, log_, metrics_, [this] { ++fatal_count_; });
  }
  FakeBackend& backend(std::size_t lane = 0) { return *backends_[lane]; }

  std::future<AppendOutcome> submit(AppendUnit given) {
    auto promise = std::make_shared<std::promise<AppendOutcome>>();
    auto future = promise->get_future();
    writer_->submit(std::move(given),
                    [promise](AppendOutcome outcome) { promise->set_value(std::move(outcome)); });
    return future;
  }
  static Errc error_kind(AppendOutcome outcome) { return std::get<Error>(outcome).kind; }
  static std::string_view code(const AppendOutcome& outcome) { return std::get<Error>(outcome).code; }
  static EventId answered_id(AppendOutcome outcome) {
    return std::get<std::vector<domain::Appended>>(outcome).front().id;
  }

  asio::io_context loop_{1};
  // A shard's loop outlives the writer's thread, which may still be waking it when the answer is already
  // there.
  asio::io_context shard_{1};
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics_;
  std::atomic<int> fatal_count_ = 0;
  std::vector<std::unique_ptr<FakeBackend>> backends_;
  std::optional<AppendWriter> writer_;
  std::optional<asio::executor_work_guard<Executor>> guard_{loop_.get_executor()};
  std::thread thread_{[this] { loop_.run(); }};
};

TEST_F(AppendWriterTest, ALoneUnitCommitsAtOnceAndWhatComesMeanwhileFormsOneBatchInOrder) {
  start();
  auto first = submit(unit(1));
  backend().wait_for_batches(1);
  auto second = submit(unit(2));
  auto third = submit(unit(3));
  backend().open();
  EXPECT_EQ(answered_id(first.get()), event_id(1));
  EXPECT_EQ(answered_id(second.get()), event_id(2));
  EXPECT_EQ(answered_id(third.get()), event_id(3));
  EXPECT_EQ(backend().batches(), (std::vector<Ids>{{event_id(1)}, {event_id(2), event_id(3)}}));
}

TEST_F(AppendWriterTest, ABatchEndsAtItsBoundOfEvents) {
  start();
  auto first = submit(unit(0));
  backend().wait_for_batches(1);
  std::vector<std::future<AppendOutcome>> rest;
  for (std::uint64_t i = 1; i <= limits::batch_events_max + 1; ++i) rest.push_back(submit(unit(i)));
  backend().open();
  for (auto& answer : rest) answer.get();
  const auto batches = backend().batches();
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_EQ(batches[1].size(), limits::batch_events_max);
  EXPECT_EQ(batches[2].size(), 1U);
}

TEST_F(AppendWriterTest, AUnitLargerThanABatchFormsItsOwn) {
  start();
  auto first = submit(unit(0));
  backend().wait_for_batches(1);
  auto small = submit(unit(1));
  auto large = unit(2);
  large.events.resize(limits::batch_events_max + 5, large.events.front());
  auto answer = submit(std::move(large));
  auto last = submit(unit(3));
  backend().open();
  answer.get();
  last.get();
  EXPECT_EQ(backend().batches(),
            (std::vector<Ids>{{event_id(0)}, {event_id(1)}, {event_id(2)}, {event_id(3)}}));
}

TEST_F(AppendWriterTest, StaleUnitsAreToldSoAndTheOthersRunAgain) {
  start();
  backend().revision = 2;
  auto first = submit(unit(0, 0, 2));
  backend().wait_for_batches(1);
  auto old = submit(unit(1, 0, 1));
  auto current = submit(unit(2, 0, 2));
  backend().open();
  EXPECT_EQ(std::get<StaleCatalogue>(old.get()).revision, 2);
  EXPECT_EQ(answered_id(current.get()), event_id(2));
}

TEST_F(AppendWriterTest, ARefusedBatchIsTriedUnitByUnit) {
  start();
  backend().refused = event_id(2);
  auto first = submit(unit(0));
  backend().wait_for_batches(1);
  auto good = submit(unit(1));
  auto bad = submit(unit(2));
  auto also_good = submit(unit(3));
  backend().open();
  EXPECT_EQ(answered_id(good.get()), event_id(1));
  const auto refused = bad.get();
  EXPECT_EQ(code(refused), "event_refused");
  EXPECT_EQ(error_kind(refused), Errc::conflict);
  EXPECT_EQ(answered_id(also_good.get()), event_id(3));
}

TEST_F(AppendWriterTest, AStoreThatIsAwayMeansUnavailable) {
  start();
  backend().fault = Fault(Fault::Kind::unavailable, "connection lost");
  backend().open();
  EXPECT_EQ(code(submit(unit(1)).get()), "unavailable");
  EXPECT_EQ(fatal_count_, 0);
}

TEST_F(AppendWriterTest, AFullDiskHasItsOwnCode) {
  start();
  backend().fault = Fault(Fault::Kind::storage_full, "disk full");
  backend().open();
  const auto outcome = submit(unit(1)).get();
  EXPECT_EQ(code(outcome), "storage_full");
  EXPECT_EQ(error_kind(outcome), Errc::unavailable);
}

TEST_F(AppendWriterTest, LostDurabilityIsReportedOnceAndNothingIsTakenAfterIt) {
  start();
  backend().fault = Fault(Fault::Kind::fatal, "fsync failed");
  auto first = submit(unit(1));
  backend().wait_for_batches(1);
  auto second = submit(unit(2));
  backend().open();
  EXPECT_EQ(code(first.get()), "unavailable");
  EXPECT_EQ(code(second.get()), "unavailable");
  EXPECT_EQ(code(submit(unit(3)).get()), "unavailable");
  EXPECT_EQ(fatal_count_, 1);
  EXPECT_EQ(backend().batches().size(), 1U);
}

TEST_F(AppendWriterTest, AFullQueueIsUnavailableAtOnce) {
  start();
  auto first = submit(unit(0));
  backend().wait_for_batches(1);
  std::vector<AppendUnit> many;
  for (std::uint64_t i = 0; i < limits::append_queue_events_max; ++i) many.push_back(unit(i));
  std::atomic<std::size_t> stored = 0;
  writer_->submit_each(std::move(many), [&](std::size_t, const AppendOutcome&) { ++stored; });
  auto refused = submit(unit(1));
  ASSERT_EQ(refused.wait_for(0s), std::future_status::ready);
  EXPECT_EQ(code(refused.get()), "unavailable");
  EXPECT_EQ(stored, 0U);
  backend().open();
  writer_->stop(Deadline::after(30s));
  EXPECT_EQ(stored, limits::append_queue_events_max);
}

TEST_F(AppendWriterTest, AUnitThatWaitedBeyondItsDeadlineIsNotCommitted) {
  start();
  auto first = submit(unit(0));
  backend().wait_for_batches(1);
  auto late = unit(1);
  late.deadline = Deadline::after(0s);
  auto answer = submit(std::move(late));
  backend().open();
  EXPECT_EQ(error_kind(answer.get()), Errc::deadline_exceeded);
  EXPECT_EQ(backend().batches().size(), 1U);
}

TEST_F(AppendWriterTest, StopCommitsWhatWaitsAndRefusesWhatComes) {
  start();
  auto first = submit(unit(0));
  backend().wait_for_batches(1);
  auto second = submit(unit(1));
  backend().open();
  writer_->stop(Deadline::after(30s));
  EXPECT_EQ(answered_id(second.get()), event_id(1));
  EXPECT_EQ(code(submit(unit(2)).get()), "unavailable");
}

TEST_F(AppendWriterTest, StopIsBoundedByItsDeadline) {
  start();
  auto first = submit(unit(0));
  backend().wait_for_batches(1);
  auto waiting = submit(unit(1));
  writer_->stop(Deadline::after(1ms));
  EXPECT_EQ(code(waiting.get()), "unavailable");
}

/// Blocks, as a backend may that has the loop's thread to itself; another unit is there whenever one commits.
class BlockingBackend final : public AppendBackend {
 public:
  Task<BatchOutcome> commit(std::span<const AppendUnit* const> units, Deadline) override {
    ++commits;
    if (before_return) before_return();
    BatchCommitted committed;
    for (std::size_t i = 0; i < units.size(); ++i)
      committed.outcomes.emplace_back(std::vector<domain::Appended>(1));
    co_return committed;
  }
  int commits = 0;
  std::function<void()> before_return;
};

TEST(AppendWriter, LeavesTheLoopToOthersBetweenTwoBatchesOfABlockingBackend) {
  asio::io_context loop{1};
  telemetry::Log log(telemetry::Level::error, telemetry::LogFormat::text);
  telemetry::Metrics metrics;
  BlockingBackend backend;
  AppendWriter writer(loop, {&backend}, {}, log, metrics, [] {});
  int commits_before_other_work = 0;
  backend.before_return = [&] {
    if (backend.commits < 10) writer.submit(unit(1), [](const AppendOutcome&) {});
    if (backend.commits == 1) asio::post(loop, [&] { commits_before_other_work = backend.commits; });
  };
  writer.submit(unit(1), [](const AppendOutcome&) {});
  loop.run();
  EXPECT_EQ(backend.commits, 10);
  EXPECT_EQ(commits_before_other_work, 1);
}

TEST_F(AppendWriterTest, OneArtifactIsNeverInTwoBatchesInFlight) {
  start(2);
  auto a = submit(unit(1, 1));
  backend(0).wait_for_batches(1);
  auto same = submit(unit(2, 1));
  auto other = submit(unit(3, 2));
  backend(1).wait_for_batches(1);
  EXPECT_EQ(backend(1).batches(), (std::vector<Ids>{{event_id(3)}}));
  backend(1).release_one();
  EXPECT_EQ(answered_id(other.get()), event_id(3));
  backend(0).release_one();
  EXPECT_EQ(answered_id(a.get()), event_id(1));
  backend(0).open();
  backend(1).open();
  EXPECT_EQ(answered_id(same.get()), event_id(2));
}

TEST_F(AppendWriterTest, ASecondLaneBeginsOnlyWithEnoughUnits) {
  start(2, {.split_from = 3});
  auto first = submit(unit(1, 1));
  backend(0).wait_for_batches(1);
  std::vector<std::future<AppendOutcome>> answers;
  for (std::uint8_t i = 2; i <= 4; ++i) answers.push_back(submit(unit(i, i)));
  backend(1).wait_for_batches(1);
  EXPECT_EQ(backend(1).batches().front().size(), 3U);
  backend(0).open();
  backend(1).open();
  for (auto& answer : answers) answer.get();
}

TEST_F(AppendWriterTest, FewUnitsWaitForTheLaneThatIsBusy) {
  start(2, {.split_from = 3});
  auto first = submit(unit(1, 1));
  backend(0).wait_for_batches(1);
  auto second = submit(unit(2, 2));
  auto third = submit(unit(3, 3));
  backend(0).open();
  EXPECT_EQ(answered_id(second.get()), event_id(2));
  EXPECT_EQ(answered_id(third.get()), event_id(3));
  EXPECT_EQ(backend(1).batches().size(), 0U);
}

TEST_F(AppendWriterTest, ManyUnitsAreSharedByTheLanesThatAreIdle) {
  start(2, {.split_from = 2});
  backend(0).open();
  backend(1).open();
  std::vector<AppendUnit> units;
  for (std::uint8_t i = 1; i <= 4; ++i) units.push_back(unit(i, i));
  std::atomic<int> left = 4;
  std::promise<void> done;
  writer_->submit_each(std::move(units), [&](std::size_t, const AppendOutcome&) {
    if (--left == 0) done.set_value();
  });
  done.get_future().wait();
  EXPECT_EQ(backend(0).batches(), (std::vector<Ids>{{event_id(1), event_id(2)}}));
  EXPECT_EQ(backend(1).batches(), (std::vector<Ids>{{event_id(3), event_id(4)}}));
}

TEST_F(AppendWriterTest, GatheringWaitsForThoseJustAnswered) {
  start(1, {.gather_below = 100, .gather_for = 10s});
  auto first = submit(unit(0));
  backend().wait_for_batches(1);
  std::vector<std::future<AppendOutcome>> answers;
  for (std::uint64_t i = 1; i <= 10; ++i) answers.push_back(submit(unit(i)));
  backend().open();
  for (auto& answer : answers) answer.get();
  answers.clear();
  // Ten were answered: nine of them coming back are enough, far before the ten seconds are over.
  for (std::uint64_t i = 11; i <= 19; ++i) answers.push_back(submit(unit(i)));
  for (auto& answer : answers) answer.get();
  EXPECT_EQ(backend().batches().back().size(), 9U);
}

Task<std::vector<AppendOutcome>> append_three(AppendWriter& writer) {
  std::vector<AppendUnit> units;
  for (std::uint64_t i = 1; i <= 3; ++i) units.push_back(unit(i));
  co_return co_await append_each_through(writer, std::move(units));
}

TEST_F(AppendWriterTest, AShardAppendsManyAndIsAnsweredInOrder) {
  start();
  backend().refused = event_id(2);
  backend().open();
  std::vector<AppendOutcome> outcomes;
  asio::co_spawn(
      shard_, append_three(*writer_),
      [&](const std::exception_ptr&, std::vector<AppendOutcome> got) { outcomes = std::move(got); });
  shard_.run();
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(answered_id(outcomes[0]), event_id(1));
  EXPECT_EQ(code(outcomes[1]), "event_refused");
  EXPECT_EQ(answered_id(outcomes[2]), event_id(3));
}

Task<AppendOutcome> append_one(AppendWriter& writer) { co_return co_await append_through(writer, unit(7)); }

TEST_F(AppendWriterTest, AShardAppendsOneAndResumesOnItsOwnLoop) {
  start();
  backend().open();
  std::thread::id resumed_on;
  asio::co_spawn(shard_, append_one(*writer_), [&](const std::exception_ptr&, AppendOutcome got) {
    EXPECT_EQ(answered_id(std::move(got)), event_id(7));
    resumed_on = std::this_thread::get_id();
  });
  shard_.run();
  EXPECT_EQ(resumed_on, std::this_thread::get_id());
}

}  // namespace
}  // namespace xzepr::store
