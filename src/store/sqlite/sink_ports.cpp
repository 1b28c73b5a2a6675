#include "store/sqlite/ports.hpp"

namespace xzepr::store::sqlite {
namespace {

using Letters = std::vector<domain::DeadLetter>;

}  // namespace

Task<std::optional<SinkLease>> SqliteSinks::take_lease(LeaseRequest request, Deadline) {
  return change<std::optional<SinkLease>>(
      engine_, [&sinks = engine_.sinks, request = std::move(request)] { return sinks.take_lease(request); });
}

Task<bool> SqliteSinks::renew_lease(SinkDriver driver, std::chrono::milliseconds duration, Deadline) {
  return change<bool>(engine_, [&sinks = engine_.sinks, driver = std::move(driver), duration] {
    return sinks.renew_lease(driver, duration);
  });
}

Task<> SqliteSinks::release_lease(SinkDriver driver, Deadline) {
  std::move_only_function<Nothing()> work = [&sinks = engine_.sinks, driver = std::move(driver)] {
    sinks.release_lease(driver);
    return Nothing{};
  };
  co_await change<Nothing>(engine_, std::move(work));
}

Task<bool> SqliteSinks::advance(SinkDriver driver, std::int64_t position, Deadline) {
  // A batch of events that waits is committed between the two turns.
  auto start = [&loop = engine_.writer.loop(), &ride = engine_.ride, driver = std::move(driver),
                position](Resume<AdvanceRide::Moved> resume) mutable {
    asio::post(loop,
               [&loop, &ride, driver = std::move(driver), position, resume = std::move(resume)]() mutable {
                 ride.wait(std::move(driver), position, std::move(resume));
                 asio::post(loop, [&ride] { ride.go_alone(); });
               });
  };
  auto moved = co_await suspend<AdvanceRide::Moved>(std::move(start));
  if (moved.error) std::rethrow_exception(moved.error);
  co_return *moved.value;
}

Task<bool> SqliteSinks::bury(SinkDriver driver, domain::DeadLetter letter, Deadline) {
  return change<bool>(engine_, [&sinks = engine_.sinks, driver = std::move(driver),
                                letter = std::move(letter)] { return sinks.bury(driver, letter); });
}

Task<std::vector<domain::Sink>> SqliteSinks::list_sinks(Deadline) { co_return reader_.sinks.list_sinks(); }

Task<Letters> SqliteSinks::list_dead_letters(DeadLetterQuery query, Deadline deadline) {
  return engine_.pool.read<Letters>(
      deadline, [query = std::move(query)](Reader& reader) { return reader.sinks.list_dead_letters(query); });
}

Task<std::uint64_t> SqliteSinks::count_dead_letters(std::string sink, Deadline deadline) {
  return engine_.pool.read<std::uint64_t>(
      deadline, [sink = std::move(sink)](Reader& reader) { return reader.sinks.count_dead_letters(sink); });
}

Task<std::optional<domain::DeadLetter>> SqliteSinks::find_dead_letter(domain::DeadLetterId id, Deadline) {
  co_return reader_.sinks.find_dead_letter(id);
}

Task<bool> SqliteSinks::request_resend(domain::DeadLetterId id, TimePoint at, Deadline) {
  return change<bool>(engine_, [&sinks = engine_.sinks, id, at] { return sinks.request_resend(id, at); });
}

Task<Letters> SqliteSinks::list_resends(std::string sink, std::size_t limit, Deadline) {
  co_return reader_.sinks.list_resends(sink, limit);
}

Task<> SqliteSinks::give_up_resend(domain::DeadLetterId id, std::string detail, Deadline) {
  std::move_only_function<Nothing()> work = [&sinks = engine_.sinks, id, detail = std::move(detail)] {
    sinks.give_up_resend(id, detail);
    return Nothing{};
  };
  co_await change<Nothing>(engine_, std::move(work));
}

Task<> SqliteSinks::remove_dead_letter(domain::DeadLetterId id, Deadline) {
  std::move_only_function<Nothing()> work = [&sinks = engine_.sinks, id] {
    sinks.remove_dead_letter(id);
    return Nothing{};
  };
  co_await change<Nothing>(engine_, std::move(work));
}

}  // namespace xzepr::store::sqlite
