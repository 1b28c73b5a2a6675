// Sinks and dead letters: what reads them, and what writes them on the writer's thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "store/sink_store.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

class SinkReader {
 public:
  explicit SinkReader(Connection& connection);

  [[nodiscard]] std::vector<domain::Sink> list_sinks();
  [[nodiscard]] std::vector<domain::DeadLetter> list_dead_letters(const DeadLetterQuery& query);
  [[nodiscard]] std::uint64_t count_dead_letters(const std::string& sink);
  [[nodiscard]] std::optional<domain::DeadLetter> find_dead_letter(domain::DeadLetterId id);
  [[nodiscard]] std::vector<domain::DeadLetter> list_resends(const std::string& sink, std::size_t limit);

 private:
  Statement sinks_;
  Statement newest_;
  Statement older_;
  Statement count_;
  Statement find_;
  Statement resends_;
};

/// The clock of leases is this process's own: one server has the data directory.
class SinkWriter {
 public:
  SinkWriter(Connection& connection, const Clock& clock);

  /// A server that opens the directory is alone: whoever had a lease is gone.
  void end_all_leases();
  [[nodiscard]] std::optional<SinkLease> take_lease(const LeaseRequest& request);
  [[nodiscard]] bool renew_lease(const SinkDriver& driver, std::chrono::milliseconds duration);
  void release_lease(const SinkDriver& driver);
  /// SinkStore::advance() in the transaction in hand.
  [[nodiscard]] bool move(const SinkDriver& driver, std::int64_t position);
  [[nodiscard]] bool bury(const SinkDriver& driver, const domain::DeadLetter& letter);
  [[nodiscard]] bool request_resend(domain::DeadLetterId id, TimePoint at);
  void give_up_resend(domain::DeadLetterId id, const std::string& detail);
  void remove_dead_letter(domain::DeadLetterId id);

 private:
  Connection& connection_;
  const Clock& clock_;
  Statement take_;
  Statement renew_;
  Statement release_;
  Statement advance_;
  Statement bury_;
  Statement resend_;
  Statement give_up_;
  Statement remove_;
};

}  // namespace xzepr::store::sqlite
