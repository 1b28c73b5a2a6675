#include "store/append_writer.hpp"

#include <algorithm>
#include <atomic>

#include <boost/asio/steady_timer.hpp>

#include "base/assert.hpp"
#include "base/task_group.hpp"
#include "store/append_queue.hpp"

namespace xzepr::store {
namespace {

constexpr std::string_view target = "store";
constexpr int same_revision_retries_max = 3;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Attempt = std::variant<BatchCommitted, BatchStale, Fault>;

Error error_of(const Fault& fault) {
  switch (fault.kind()) {
    case Fault::Kind::storage_full:
      return {.kind = Errc::unavailable,
              .code = "storage_full",
              .detail = "the store has no space left",
              .hint = "free or add space where the data is kept; writing resumes by itself",
              .retry_after = std::chrono::seconds{5}};
    case Fault::Kind::refused:
      return {.kind = Errc::conflict, .code = "event_refused", .detail = "the store refuses this event"};
    case Fault::Kind::unavailable:
    case Fault::Kind::corrupt:
    case Fault::Kind::fatal: return unavailable("the store cannot be written to now").error();
  }
  std::unreachable();
}

Task<Attempt> try_commit(AppendBackend& backend, const Batch& batch) {
  std::vector<const AppendUnit*> units;
  units.reserve(batch.size());
  // The latest deadline: an unknown commit is worth resolving as long as anyone waits.
  auto deadline = batch.front().unit.deadline;
  for (const auto& pending : batch) {
    units.push_back(&pending.unit);
    if (pending.unit.deadline.at() > deadline.at()) deadline = pending.unit.deadline;
  }
  Attempt attempt = BatchStale{};
  try {
    BatchOutcome outcome = co_await backend.commit(units, deadline);
    if (auto* committed = std::get_if<BatchCommitted>(&outcome)) {
      attempt = std::move(*committed);
    } else {
      attempt = std::get<BatchStale>(outcome);
    }
  } catch (const Fault& fault) {
    attempt = fault;
  } catch (const std::exception& error) {
    attempt = Fault(Fault::Kind::unavailable, error.what());
  }
  co_return attempt;
}

std::size_t events_of(const Batch& batch) {
  std::size_t events = 0;
  for (const auto& pending : batch) events += pending.unit.events.size();
  return events;
}

}  // namespace

struct AppendWriter::Impl : std::enable_shared_from_this<AppendWriter::Impl> {
  struct Lane {
    AppendBackend* backend;
    bool is_busy = false;
  };

  Impl(asio::io_context& on, const std::vector<AppendBackend*>& backends, Options how, telemetry::Log& to,
       telemetry::Metrics& metrics, std::function<void()> fatal, const CommitSignal* signal);

  // Any thread.
  void offer(Batch units) {
    if (queue.offer(std::move(units))) wake();
  }
  void wake() {
    asio::post(loop, [self = shared_from_this()] { self->pump(); });
  }

  // The loop.
  void pump();
  void free(Lane& lane, std::size_t waiting, std::size_t answered);
  void rest();
  [[nodiscard]] bool gather(std::size_t waiting, std::size_t answered);
  [[nodiscard]] Lane* idle_lane();
  [[nodiscard]] std::size_t idle_lanes() const;
  void fail_for_good(const Fault& fault);
  void answer_committed(Batch& batch, BatchCommitted& committed, AppendAnswers& answers);
  [[nodiscard]] Batch answer_stale(Batch batch, std::int64_t revision, AppendAnswers& answers);
  void answer_fault(Batch& batch, const Fault& fault, AppendAnswers& answers);
  Task<> settle(AppendBackend& backend, Batch& batch, AppendAnswers& answers);
  Task<> settle_each(AppendBackend& backend, Batch& batch, AppendAnswers& answers);
  static Task<> run(std::shared_ptr<Impl> self, Lane& lane, Batch batch);

  // Constant after construction.
  asio::io_context& loop;
  const Options options;
  telemetry::Log& log;
  telemetry::Histogram batch_events;
  telemetry::Gauge queue_events;
  telemetry::Counter commits;
  telemetry::Histogram commit_seconds;

  // Any thread.
  AppendQueue queue;

  // The loop's.
  const CommitSignal* commit_signal;  // or null
  std::function<void()> on_fatal;     // empty once called
  std::vector<Lane> lanes;
  std::size_t gathered = 0;  // units that are waited for, or wait; 0: none
  TaskGroup tasks;
  Timer gather_timer;
};

AppendWriter::Impl::Impl(asio::io_context& on, const std::vector<AppendBackend*>& backends, Options how,
                         telemetry::Log& to, telemetry::Metrics& metrics, std::function<void()> fatal,
                         const CommitSignal* signal)
    : loop(on),
      options(how),
      log(to),
      batch_events(metrics.histogram("xzepr_append_batch_events", "Events that were committed together",
                                     {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000})),
      queue_events(metrics.gauge("xzepr_append_queue_events", "Events that wait for a commit")),
      commits(metrics.counter("xzepr_append_commits_total", "Transactions that stored events")),
      commit_seconds(metrics.histogram("xzepr_append_commit_seconds",
                                       "Duration of transactions that stored events",
                                       {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5})),
      queue(backends.size()),
      commit_signal(signal),
      on_fatal(std::move(fatal)),
      tasks(on.get_executor(),
            [&to](std::string_view name, const std::exception& what) {
              to.error(target, what.what(), {{"task", name}});
            }),
      gather_timer(on.get_executor()) {
  XZEPR_ASSERT(!backends.empty());
  for (auto* backend : backends) lanes.push_back({backend});
}

AppendWriter::Impl::Lane* AppendWriter::Impl::idle_lane() {
  const auto lane = std::ranges::find(lanes, false, &Lane::is_busy);
  return lane == lanes.end() ? nullptr : &*lane;
}

std::size_t AppendWriter::Impl::idle_lanes() const {
  return static_cast<std::size_t>(std::ranges::count(lanes, false, &Lane::is_busy));
}

void AppendWriter::Impl::pump() {
  queue.stay_awake();
  gathered = 0;
  for (Lane* lane = idle_lane(); lane != nullptr; lane = idle_lane()) {
    const std::size_t idle = idle_lanes();
    const std::size_t waiting = queue.size();
    // Small batches cost more than they gain: few units wait for the lane that is busy.
    if (idle < lanes.size() && waiting < options.split_from) break;
    const bool can_split = idle > 1 && waiting >= 2 * options.split_from;
    Batch batch = can_split ? queue.next_batch((waiting + idle - 1) / idle) : queue.next_batch();
    if (batch.empty()) break;
    lane->is_busy = true;
    tasks.spawn("append batch", run(shared_from_this(), *lane, std::move(batch)));
  }
  rest();
}

void AppendWriter::Impl::free(Lane& lane, std::size_t waiting, std::size_t answered) {
  lane.is_busy = false;
  if (!gather(waiting, answered)) pump();
}

void AppendWriter::Impl::rest() {
  queue_events.set(static_cast<double>(queue.events()));
  // With every lane busy the next one to finish looks into the queue: nobody needs to wake the loop.
  const std::size_t idle = idle_lanes();
  if (idle == 0) return;
  if (!queue.sleep_until(idle < lanes.size() ? options.split_from : 1)) wake();
}

/// Those just answered are likely to come back at once: one larger batch is cheaper than two that alternate.
bool AppendWriter::Impl::gather(std::size_t waiting, std::size_t answered) {
  if (options.gather_for.count() == 0) return false;
  // What another lane is gathering already counts as well.
  gathered = std::max(gathered, waiting) + answered;
  const std::size_t enough = std::min((gathered * 9 + 9) / 10, options.gather_below);
  if (queue.size() >= enough || !queue.sleep_until(enough)) return false;
  gather_timer.expires_after(options.gather_for);
  gather_timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->pump();
  });
  return true;
}

void AppendWriter::Impl::fail_for_good(const Fault& fault) {
  log.error(target, "durability can no longer be promised: no more events are taken",
            {{"error", std::string_view(fault.what())}});
  queue.abandon();
  if (on_fatal) std::exchange(on_fatal, nullptr)();
}

void AppendWriter::Impl::answer_committed(Batch& batch, BatchCommitted& committed, AppendAnswers& answers) {
  XZEPR_ASSERT(committed.outcomes.size() == batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) answers.add(batch[i], std::move(committed.outcomes[i]));
}

/// Returns the units that were checked against `revision` and may run again.
Batch AppendWriter::Impl::answer_stale(Batch batch, std::int64_t revision, AppendAnswers& answers) {
  Batch left;
  for (auto& pending : batch) {
    if (pending.unit.catalogue->revision() == revision) {
      left.push_back(std::move(pending));
    } else {
      answers.add(pending, StaleCatalogue{revision});
    }
  }
  return left;
}

void AppendWriter::Impl::answer_fault(Batch& batch, const Fault& fault, AppendAnswers& answers) {
  log.warn(
      target, "events were not stored",
      {{"events", static_cast<std::int64_t>(events_of(batch))}, {"error", std::string_view(fault.what())}});
  for (auto& pending : batch) answers.add(pending, error_of(fault));
}

Task<> AppendWriter::Impl::settle_each(AppendBackend& backend, Batch& batch, AppendAnswers& answers) {
  for (auto& pending : batch) {
    Batch alone;
    alone.push_back(std::move(pending));
    co_await settle(backend, alone, answers);
  }
}

Task<> AppendWriter::Impl::settle(AppendBackend& backend, Batch& batch, AppendAnswers& answers) {
  int retries = 0;
  while (!batch.empty()) {
    const auto begin = Deadline::Clock::now();
    Attempt attempt = co_await try_commit(backend, batch);
    if (auto* committed = std::get_if<BatchCommitted>(&attempt)) {
      commit_seconds.observe(std::chrono::duration<double>(Deadline::Clock::now() - begin).count());
      batch_events.observe(static_cast<double>(events_of(batch)));
      commits.add();
      if (commit_signal != nullptr) commit_signal->notify();
      answer_committed(batch, *committed, answers);
      co_return;
    }
    if (const auto* stale = std::get_if<BatchStale>(&attempt)) {
      const std::size_t before = batch.size();
      Batch left = answer_stale(std::move(batch), stale->revision, answers);
      batch = std::move(left);
      if (batch.size() < before || ++retries < same_revision_retries_max) continue;
      attempt = Fault(Fault::Kind::unavailable, "the catalogue revision changes without end");
    }
    const Fault fault = std::get<Fault>(attempt);
    if (fault.kind() == Fault::Kind::refused && batch.size() > 1) {
      co_await settle_each(backend, batch, answers);
      co_return;
    }
    if (fault.kind() == Fault::Kind::fatal) fail_for_good(fault);
    answer_fault(batch, fault, answers);
    co_return;
  }
}

Task<> AppendWriter::Impl::run(std::shared_ptr<Impl> self, Lane& lane, Batch batch) {
  AppendAnswers answers;
  // Taken before: the units move away into their answers.
  const auto artifacts = self->lanes.size() > 1 ? artifacts_of(batch) : std::vector<domain::ArtifactId>{};
  co_await self->settle(*lane.backend, batch, answers);
  self->queue.done(artifacts);
  // Counted before the answers go out: those who come back at once must not count twice.
  const std::size_t waiting = self->queue.size();
  const std::size_t answered = answers.send();
  self->queue.answered(answered);
  // The lane is free in a turn of its own: a backend that blocks would otherwise run batch within batch, and
  // whatever else is to happen on this loop would have to wait for the last of them.
  asio::post(self->loop, [self, &lane, waiting, answered] { self->free(lane, waiting, answered); });
}

AppendWriter::AppendWriter(asio::io_context& loop, std::vector<AppendBackend*> lanes, Options options,
                           telemetry::Log& log, telemetry::Metrics& metrics, std::function<void()> on_fatal,
                           const CommitSignal* commits)
    : impl_(std::make_shared<Impl>(loop, lanes, options, log, metrics, std::move(on_fatal), commits)) {}

AppendWriter::~AppendWriter() = default;

namespace {

PendingUnit make_pending(AppendUnit unit, std::optional<Executor> home, Resume<AppendOutcome> resume) {
  XZEPR_ASSERT(!unit.events.empty() && unit.catalogue != nullptr);
  const auto load = load_of(unit);
  return {.unit = std::move(unit), .load = load, .home = home, .resume = std::move(resume)};
}

}  // namespace

void AppendWriter::submit(AppendUnit unit, Resume<AppendOutcome> resume) {
  Batch one;
  one.push_back(make_pending(std::move(unit), std::nullopt, std::move(resume)));
  impl_->offer(std::move(one));
}

void AppendWriter::submit(AppendUnit unit, Executor home, Resume<AppendOutcome> resume) {
  Batch one;
  one.push_back(make_pending(std::move(unit), home, std::move(resume)));
  impl_->offer(std::move(one));
}

void AppendWriter::submit_each(std::vector<AppendUnit> units,
                               std::function<void(std::size_t, AppendOutcome)> done) {
  const auto shared = std::make_shared<std::function<void(std::size_t, AppendOutcome)>>(std::move(done));
  Batch batch;
  batch.reserve(units.size());
  for (std::size_t index = 0; index < units.size(); ++index) {
    const auto answer = [shared, index](AppendOutcome outcome) { (*shared)(index, std::move(outcome)); };
    batch.push_back(make_pending(std::move(units[index]), std::nullopt, answer));
  }
  impl_->offer(std::move(batch));
}

void AppendWriter::stop(Deadline deadline) {
  impl_->queue.close();
  if (!impl_->queue.wait_until_answered(deadline)) impl_->queue.abandon();
  asio::post(impl_->loop, [impl = impl_] {
    impl->gather_timer.cancel();
    impl->pump();
  });
}

Task<AppendOutcome> append_through(AppendWriter& writer, AppendUnit unit) {
  const Executor home = co_await this_executor();
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(AppendOutcome)>(
      [home](auto handler, AppendWriter* to, AppendUnit given) {
        to->submit(std::move(given), home, [handler = std::move(handler)](AppendOutcome outcome) mutable {
          std::move(handler)(std::move(outcome));
        });
      },
      use_task, &writer, std::move(unit));
}

namespace {

using Outcomes = std::vector<AppendOutcome>;

/// Filled from any thread, each slot once; the last one to fill resumes the caller.
struct Countdown {
  explicit Countdown(std::size_t count) : outcomes(count), left(count) {}

  Outcomes outcomes;
  std::atomic<std::size_t> left;
  Resume<Outcomes> resume;

  void set(std::size_t index, AppendOutcome outcome) {
    outcomes[index] = std::move(outcome);
    if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) resume(std::move(outcomes));
  }
};

}  // namespace

Task<std::vector<AppendOutcome>> append_each_through(AppendWriter& writer, std::vector<AppendUnit> units) {
  if (units.empty()) co_return Outcomes{};
  const auto countdown = std::make_shared<Countdown>(units.size());
  auto start = [&writer, countdown, given = std::move(units)](Resume<Outcomes> resume) mutable {
    countdown->resume = std::move(resume);
    writer.submit_each(std::move(given), [countdown](std::size_t index, AppendOutcome outcome) {
      countdown->set(index, std::move(outcome));
    });
  };
  co_return co_await suspend<Outcomes>(std::move(start));
}

}  // namespace xzepr::store
