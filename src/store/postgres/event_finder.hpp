// Gets by id: those asked for while a statement is under way share the next one, so that under load a
// statement brings many events. On one shard only.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/task_group.hpp"
#include "domain/event.hpp"
#include "store/postgres/pool.hpp"

namespace xzepr::store::postgres {

/// For the test of plans.
[[nodiscard]] const Statement& find_events_statement();

class EventFinder : public std::enable_shared_from_this<EventFinder> {
 public:
  EventFinder(asio::io_context& loop, std::shared_ptr<Pool> pool, telemetry::Log& log);

  /// Throws Fault.
  [[nodiscard]] Task<std::optional<domain::Event>> find(EventId id, Deadline deadline);
  void stop();

 private:
  using Found = std::variant<std::monostate, std::optional<domain::Event>, PgFault>;
  struct Asked {
    EventId id;
    Deadline deadline;
    Resume<Found> resume;
  };

  static Task<> serve(std::shared_ptr<EventFinder> self, std::vector<Asked> asked);
  void serve_waiting();

  std::shared_ptr<Pool> pool_;
  TaskGroup tasks_;
  std::vector<Asked> waiting_;
  std::size_t under_way_ = 0;
};

}  // namespace xzepr::store::postgres
