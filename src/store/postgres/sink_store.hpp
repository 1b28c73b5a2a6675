// Sinks and dead letters on PostgreSQL, for one shard. Each change is one statement, so one transaction, by
// the database's clock.
#pragma once

#include "store/postgres/pool.hpp"
#include "store/sink_store.hpp"

namespace xzepr::store::postgres {

class PostgresSinkStore final : public SinkStore {
 public:
  explicit PostgresSinkStore(std::shared_ptr<Pool> pool);

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
  std::shared_ptr<Pool> pool_;
};

/// For the test of plans.
[[nodiscard]] std::vector<const Statement*> sink_statements();

}  // namespace xzepr::store::postgres
