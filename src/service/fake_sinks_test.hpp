// Sinks and dead letters in memory, for the tests of services.
#pragma once

#include <algorithm>
#include <vector>

#include "store/journal_store.hpp"
#include "store/sink_store.hpp"

namespace xzepr::service {

class FakeSinks final : public store::SinkStore, public store::JournalStore {
 public:
  std::vector<domain::Sink> sinks;
  std::vector<domain::DeadLetter> letters;  // oldest first
  std::int64_t newest = 0;

  Task<std::vector<domain::JournalEntry>> read(store::JournalRange, Deadline) override {
    co_return std::vector<domain::JournalEntry>{};
  }
  Task<store::JournalExtent> extent(Deadline) override {
    co_return store::JournalExtent{.oldest = 1, .newest = newest, .epoch = 1};
  }
  Task<std::optional<store::SinkLease>> take_lease(store::LeaseRequest, Deadline) override {
    co_return std::nullopt;
  }
  Task<bool> renew_lease(store::SinkDriver, std::chrono::milliseconds, Deadline) override { co_return false; }
  Task<> release_lease(store::SinkDriver, Deadline) override { co_return; }
  Task<bool> advance(store::SinkDriver, std::int64_t, Deadline) override { co_return false; }
  Task<bool> bury(store::SinkDriver, domain::DeadLetter, Deadline) override { co_return false; }
  Task<std::vector<domain::Sink>> list_sinks(Deadline) override { co_return sinks; }
  Task<std::vector<domain::DeadLetter>> list_dead_letters(store::DeadLetterQuery query, Deadline) override {
    std::vector<domain::DeadLetter> page;
    for (auto one = letters.rbegin(); one != letters.rend() && page.size() < query.limit; ++one) {
      if (one->sink == query.sink && (!query.after || one->id < *query.after)) page.push_back(*one);
    }
    co_return page;
  }
  Task<std::uint64_t> count_dead_letters(std::string sink, Deadline) override {
    co_return static_cast<std::uint64_t>(std::ranges::count(letters, sink, &domain::DeadLetter::sink));
  }
  Task<std::optional<domain::DeadLetter>> find_dead_letter(domain::DeadLetterId id, Deadline) override {
    const auto found = std::ranges::find(letters, id, &domain::DeadLetter::id);
    co_return found == letters.end() ? std::nullopt : std::optional(*found);
  }
  Task<bool> request_resend(domain::DeadLetterId id, TimePoint at, Deadline) override {
    const auto found = std::ranges::find(letters, id, &domain::DeadLetter::id);
    if (found == letters.end()) co_return false;
    found->resend_at = at;
    co_return true;
  }
  Task<std::vector<domain::DeadLetter>> list_resends(std::string, std::size_t, Deadline) override {
    co_return std::vector<domain::DeadLetter>{};
  }
  Task<> give_up_resend(domain::DeadLetterId, std::string, Deadline) override { co_return; }
  Task<> remove_dead_letter(domain::DeadLetterId, Deadline) override { co_return; }
};

}  // namespace xzepr::service
