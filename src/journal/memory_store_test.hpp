// A journal and its one sink in memory, for tests of what drives a relay.
#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "store/journal_store.hpp"
#include "store/sink_store.hpp"

namespace xzepr::journal {

/// On the loop.
class MemoryStore final : public store::JournalStore, public store::SinkStore {
 public:
  std::vector<domain::JournalEntry> journal;
  std::vector<domain::DeadLetter> letters;
  domain::Sink sink{.name = "test"};
  bool is_away = false;
  int reads = 0;

  Task<std::vector<domain::JournalEntry>> read(store::JournalRange range, Deadline) override {
    check();
    ++reads;
    const auto first = std::min(static_cast<std::size_t>(range.after), journal.size());
    co_return std::vector(journal.begin() + static_cast<std::ptrdiff_t>(first), journal.end());
  }
  Task<store::JournalExtent> extent(Deadline) override {
    check();
    co_return store::JournalExtent{.oldest = 1, .newest = std::ssize(journal), .epoch = 1};
  }
  Task<std::optional<store::SinkLease>> take_lease(store::LeaseRequest request, Deadline) override {
    check();
    if (sink.lease_until && sink.owner != request.owner) co_return std::nullopt;
    sink.owner = request.owner;
    sink.lease_until = TimePoint{};
    ++sink.epoch;
    co_return store::SinkLease{.epoch = sink.epoch, .position = sink.position};
  }
  Task<bool> renew_lease(store::SinkDriver driver, std::chrono::milliseconds, Deadline) override {
    check();
    co_return driver.epoch == sink.epoch;
  }
  Task<> release_lease(store::SinkDriver driver, Deadline) override {
    check();
    if (driver.epoch == sink.epoch) sink.lease_until.reset();
    co_return;
  }
  Task<bool> advance(store::SinkDriver driver, std::int64_t position, Deadline) override {
    check();
    const bool is_mine = driver.epoch == sink.epoch && position >= sink.position;
    if (is_mine) sink.position = position;
    co_return is_mine;
  }
  Task<bool> bury(store::SinkDriver driver, domain::DeadLetter letter, Deadline) override {
    check();
    if (driver.epoch != sink.epoch) co_return false;
    sink.position = letter.position;
    letters.push_back(std::move(letter));
    co_return true;
  }
  Task<std::vector<domain::Sink>> list_sinks(Deadline) override { co_return std::vector{sink}; }
  Task<std::vector<domain::DeadLetter>> list_dead_letters(store::DeadLetterQuery, Deadline) override {
    co_return letters;
  }
  Task<std::uint64_t> count_dead_letters(std::string, Deadline) override { co_return letters.size(); }
  Task<std::optional<domain::DeadLetter>> find_dead_letter(domain::DeadLetterId, Deadline) override {
    co_return std::nullopt;
  }
  Task<bool> request_resend(domain::DeadLetterId, TimePoint, Deadline) override { co_return false; }
  Task<std::vector<domain::DeadLetter>> list_resends(std::string, std::size_t, Deadline) override {
    std::vector<domain::DeadLetter> asked;
    std::ranges::copy_if(letters, std::back_inserter(asked),
                         [](const auto& letter) { return letter.resend_at.has_value(); });
    co_return asked;
  }
  Task<> give_up_resend(domain::DeadLetterId id, std::string detail, Deadline) override {
    auto& letter = *std::ranges::find(letters, id, &domain::DeadLetter::id);
    letter.resend_at.reset();
    letter.detail = std::move(detail);
    co_return;
  }
  Task<> remove_dead_letter(domain::DeadLetterId id, Deadline) override {
    std::erase_if(letters, [id](const auto& letter) { return letter.id == id; });
    co_return;
  }

 private:
  void check() const {
    if (is_away) throw Fault(Fault::Kind::unavailable, "away");
  }
};

}  // namespace xzepr::journal
