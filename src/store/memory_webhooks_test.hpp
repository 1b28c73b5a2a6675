// Webhooks, their sink and a journal in memory, for tests: the contract of webhook_store.hpp, without
// durability. Calls may come from any thread; what is open to tests is for when there are none.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "store/journal_store.hpp"
#include "store/sink_store.hpp"
#include "store/webhook_store.hpp"

namespace xzepr::store {

class MemoryWebhooks final : public WebhookStore {
 public:
  explicit MemoryWebhooks(const Clock& clock) : clock_(clock) {}

  // State, open to the tests.
  std::map<domain::WebhookId, domain::Webhook> webhooks;
  std::map<domain::DeliveryId, domain::WebhookDelivery> deliveries;
  std::int64_t epoch = 0;  ///< of the driver that may feed
  std::int64_t position = 0;
  bool is_away = false;                 ///< each call throws
  int refused_settles = 0;              ///< as many settle() do nothing and throw
  int lost_answers = 0;                 ///< then as many do their work and throw all the same
  std::function<void()> on_list;        ///< before each list_webhooks()
  std::vector<AttemptOutcome> settled;  ///< all that settle() was ever given

  [[nodiscard]] bool is_name_taken(const domain::Webhook& webhook) const {
    return std::ranges::any_of(webhooks, [&](const auto& entry) {
      return entry.first != webhook.id && entry.second.name == webhook.name;
    });
  }
  void put(domain::Webhook webhook, std::int64_t newest) {
    if (webhook.from_position < 0) webhook.from_position = newest;
    webhooks[webhook.id] = std::move(webhook);
  }
  void erase(domain::WebhookId id) {
    if (webhooks.erase(id) > 0) deleted_.insert(id);
  }

  Task<std::vector<domain::Webhook>> list_webhooks(std::optional<domain::WebhookId> after, std::size_t limit,
                                                   Deadline) override {
    if (on_list) on_list();
    const auto lock = enter();
    std::vector<domain::Webhook> out;
    for (const auto& [id, webhook] : webhooks | std::views::reverse) {
      if (out.size() < limit && (!after || id < *after)) out.push_back(webhook);
    }
    co_return out;
  }
  Task<std::uint64_t> count_webhooks(Deadline) override {
    const auto lock = enter();
    co_return webhooks.size();
  }
  Task<std::optional<domain::Webhook>> find_webhook(domain::WebhookId id, Deadline) override {
    const auto lock = enter();
    const auto found = webhooks.find(id);
    if (found == webhooks.end()) co_return std::nullopt;
    co_return found->second;
  }
  Task<std::optional<domain::Webhook>> find_webhook_by_name(std::string name, Deadline) override {
    const auto lock = enter();
    for (const auto& [id, webhook] : webhooks) {
      if (webhook.name == name) co_return webhook;
    }
    co_return std::nullopt;
  }

  Task<std::vector<domain::WebhookDelivery>> list_deliveries(DeliveryQuery query, Deadline) override {
    const auto lock = enter();
    std::vector<domain::WebhookDelivery> out;
    for (const auto& [id, one] : deliveries | std::views::reverse) {
      const bool is_listed = one.webhook_id == query.webhook &&
                             (!query.status || one.status == *query.status) &&
                             (!query.after || id < *query.after);
      if (is_listed && out.size() < query.limit) out.push_back(one);
    }
    co_return out;
  }
  Task<std::uint64_t> count_deliveries(DeliveryQuery query, Deadline deadline) override {
    query.after.reset();
    query.limit = std::numeric_limits<std::size_t>::max();
    co_return (co_await list_deliveries(std::move(query), deadline)).size();
  }
  Task<std::optional<domain::WebhookDelivery>> find_delivery(domain::DeliveryId id, Deadline) override {
    const auto lock = enter();
    const auto found = deliveries.find(id);
    if (found == deliveries.end()) co_return std::nullopt;
    co_return found->second;
  }

  Task<bool> feed(SinkDriver driver, std::int64_t to, std::vector<domain::WebhookDelivery> fresh,
                  Deadline) override {
    const auto lock = enter();
    if (driver.epoch != epoch || to < position) co_return false;
    position = to;
    for (auto& one : fresh) {
      if (!webhooks.contains(one.webhook_id) || same_message(one) != nullptr) continue;
      const auto stored = deliveries.emplace(one.id, std::move(one)).first;
      promote(stored->second.webhook_id, stored->second.key);
    }
    co_return true;
  }
  Task<std::uint64_t> replay(std::vector<domain::WebhookDelivery> again, Deadline) override {
    const auto lock = enter();
    std::uint64_t begun = 0;
    for (auto& one : again) {
      if (!webhooks.contains(one.webhook_id)) continue;
      auto* present = same_message(one);
      if (present != nullptr && present->status == domain::DeliveryStatus::pending) continue;
      if (present != nullptr) {
        begin_again(*present, one.cause);
        present->last_status = 0;
        present->last_error.clear();
      } else {
        deliveries.emplace(one.id, one);
      }
      ++begun;
      promote(one.webhook_id, one.key);
    }
    co_return begun;
  }
  Task<std::uint64_t> replay_failed(domain::WebhookId webhook, std::size_t limit, Deadline) override {
    const auto lock = enter();
    std::vector<std::string> keys;
    for (auto& [id, one] : deliveries) {
      const bool is_failed = one.webhook_id == webhook && one.status == domain::DeliveryStatus::failed;
      if (!is_failed || one.position == 0 || keys.size() == limit) continue;
      begin_again(one, domain::DeliveryCause::replay);
      keys.push_back(one.key);
    }
    for (const auto& key : keys) promote(webhook, key);
    co_return keys.size();
  }

  Task<std::vector<domain::WebhookDelivery>> claim(std::vector<DeliveryRoom> rooms,
                                                   std::chrono::milliseconds lease, Deadline) override {
    const auto lock = enter();
    const auto now = clock_.now();
    std::vector<domain::WebhookDelivery> claimed;
    for (const auto& room : rooms) {
      if (!is_enabled(room.webhook)) continue;
      std::vector<domain::WebhookDelivery*> due;
      for (auto& [id, one] : deliveries) {
        if (one.webhook_id == room.webhook && one.next_at && *one.next_at <= now) due.push_back(&one);
      }
      std::ranges::stable_sort(due, {}, [](const auto* one) { return *one->next_at; });
      for (auto* one : due | std::views::take(room.attempts)) {
        ++one->attempts;
        ++one->claims;
        one->next_at = now + lease;
        claimed.push_back(*one);
      }
    }
    co_return claimed;
  }
  Task<> settle(std::vector<AttemptOutcome> outcomes, Deadline) override {
    const auto lock = enter();
    if (refused_settles > 0) {
      --refused_settles;
      throw Fault(Fault::Kind::unavailable, "refused");
    }
    for (const auto& outcome : outcomes) {
      settled.push_back(outcome);
      settle_one(outcome);
    }
    if (lost_answers > 0) {
      --lost_answers;
      throw Fault(Fault::Kind::unavailable, "the answer is lost");
    }
    co_return;
  }
  Task<std::optional<std::chrono::milliseconds>> next_due(std::vector<domain::WebhookId> except,
                                                          Deadline) override {
    const auto lock = enter();
    std::optional<TimePoint> first;
    for (const auto& [id, one] : deliveries) {
      if (std::ranges::find(except, one.webhook_id) != except.end()) continue;
      if (one.next_at && is_enabled(one.webhook_id))
        first = std::min(first.value_or(*one.next_at), *one.next_at);
    }
    if (!first) co_return std::nullopt;
    co_return std::chrono::ceil<std::chrono::milliseconds>(*first - clock_.now());
  }
  Task<bool> disable(domain::WebhookId id, std::string reason, Deadline) override {
    const auto lock = enter();
    if (!is_enabled(id)) co_return false;
    auto& webhook = webhooks.at(id);
    webhook.enabled = false;
    webhook.disabled_reason = std::move(reason);
    webhook.updated_at = clock_.now();
    ++webhook.resource_version;
    co_return true;
  }
  Task<std::uint64_t> remove_old_deliveries(TimePoint end, std::size_t limit, Deadline) override {
    const auto lock = enter();
    const auto is_old = [&](const domain::WebhookDelivery& one) {
      return one.finished_at && *one.finished_at < end;
    };
    const auto is_orphan = [&](const domain::WebhookDelivery& one) {
      return !webhooks.contains(one.webhook_id);
    };
    std::uint64_t removed = remove(limit, is_old) + remove(limit, is_orphan);
    removed += std::erase_if(deleted_, [&](domain::WebhookId id) {
      return std::ranges::none_of(deliveries,
                                  [&](const auto& entry) { return entry.second.webhook_id == id; });
    });
    co_return removed;
  }

 private:
  [[nodiscard]] std::unique_lock<std::mutex> enter() {
    std::unique_lock lock(mutex_);
    if (is_away) throw Fault(Fault::Kind::unavailable, "away");
    return lock;
  }
  [[nodiscard]] bool is_enabled(domain::WebhookId id) const {
    const auto found = webhooks.find(id);
    return found != webhooks.end() && found->second.enabled;
  }
  /// The delivery of the same row to the same webhook. Tests have no row.
  [[nodiscard]] domain::WebhookDelivery* same_message(const domain::WebhookDelivery& fresh) {
    for (auto& [id, one] : deliveries) {
      const bool is_same = fresh.position != 0 && one.webhook_id == fresh.webhook_id;
      if (is_same && one.position == fresh.position) return &one;
    }
    return nullptr;
  }
  template <class Predicate>
  std::uint64_t remove(std::size_t limit, Predicate predicate) {
    std::uint64_t removed = 0;
    return std::erase_if(deliveries, [&](const auto& entry) {
      return removed < limit && predicate(entry.second) && ++removed > 0;
    });
  }
  static void begin_again(domain::WebhookDelivery& delivery, domain::DeliveryCause cause) {
    delivery.status = domain::DeliveryStatus::pending;
    delivery.attempts = 0;
    delivery.cause = cause;
    delivery.finished_at.reset();
  }
  /// Does nothing while one of the key is due.
  void promote(domain::WebhookId webhook, const std::string& key) {
    domain::WebhookDelivery* first = nullptr;
    for (auto& [id, one] : deliveries) {
      const bool waits =
          one.webhook_id == webhook && one.key == key && one.status == domain::DeliveryStatus::pending;
      if (!waits) continue;
      if (one.next_at) return;
      if (first == nullptr || one.position < first->position) first = &one;
    }
    if (first != nullptr) first->next_at = clock_.now();
  }
  void settle_one(const AttemptOutcome& outcome) {
    const auto found = deliveries.find(outcome.delivery);
    if (found == deliveries.end()) return;
    auto& one = found->second;
    if (one.claims != outcome.claim || one.status != domain::DeliveryStatus::pending) return;
    const auto now = clock_.now();
    one.status = outcome.status;
    if (!outcome.is_begun) --one.attempts;
    one.last_status = outcome.http_status;
    one.last_error = outcome.error;
    one.last_took = outcome.took;
    one.next_at.reset();
    if (outcome.status == domain::DeliveryStatus::pending) {
      one.next_at = now + outcome.next_in;
    } else {
      one.finished_at = now;
      promote(outcome.webhook, outcome.key);
    }
    note(outcome, now);
  }
  void note(const AttemptOutcome& outcome, TimePoint now) {
    const auto found = webhooks.find(outcome.webhook);
    if (!outcome.works || found == webhooks.end()) return;
    auto& failing_since = found->second.failing_since;
    if (*outcome.works) {
      failing_since.reset();
    } else if (!failing_since) {
      failing_since = now;
    }
  }

  const Clock& clock_;
  std::mutex mutex_;
  std::set<domain::WebhookId> deleted_;  // with deliveries left
};

/// The journal, and the lease of the sink that feeds the webhooks.
class MemoryJournal final : public JournalStore, public SinkStore {
 public:
  explicit MemoryJournal(MemoryWebhooks& webhooks) : webhooks_(webhooks) {}

  // State, open to the tests.
  std::vector<domain::JournalEntry> entries;  ///< by position, without gaps
  std::int64_t newest_removed = 0;            ///< those before `entries` are not kept
  std::string owner;                          ///< "": anybody may take the lease
  bool is_away = false;                       ///< each call throws
  int reads = 0;
  std::size_t rows_max = 0;  ///< of the last read
  int lease_requests = 0;
  std::function<void()> after_read;  ///< before a read is answered

  Task<std::vector<domain::JournalEntry>> read(JournalRange range, Deadline) override {
    check();
    ++reads;
    rows_max = range.rows_max;
    std::vector<domain::JournalEntry> out;
    for (const auto& entry : entries) {
      if (entry.row.position > range.after && out.size() < range.rows_max) out.push_back(entry);
    }
    if (after_read) after_read();
    co_return out;
  }
  Task<JournalExtent> extent(Deadline) override {
    check();
    const auto newest = entries.empty() ? newest_removed : entries.back().row.position;
    co_return JournalExtent{.oldest = newest_removed + 1, .newest = newest, .epoch = 1};
  }
  Task<std::optional<SinkLease>> take_lease(LeaseRequest request, Deadline) override {
    check();
    ++lease_requests;
    if (!owner.empty() && owner != request.owner) co_return std::nullopt;
    owner = request.owner;
    ++webhooks_.epoch;
    co_return SinkLease{.epoch = webhooks_.epoch, .position = webhooks_.position};
  }
  Task<bool> renew_lease(SinkDriver driver, std::chrono::milliseconds, Deadline) override {
    check();
    co_return driver.epoch == webhooks_.epoch;
  }
  Task<> release_lease(SinkDriver driver, Deadline) override {
    check();
    if (driver.epoch == webhooks_.epoch) owner.clear();
    co_return;
  }
  Task<bool> advance(SinkDriver driver, std::int64_t position, Deadline deadline) override {
    return webhooks_.feed(std::move(driver), position, {}, deadline);
  }
  Task<std::vector<domain::Sink>> list_sinks(Deadline) override {
    domain::Sink sink{.name = "webhooks", .position = webhooks_.position, .owner = owner};
    co_return std::vector{std::move(sink)};
  }
  // Webhooks have no dead letters.
  Task<bool> bury(SinkDriver, domain::DeadLetter, Deadline) override { co_return false; }
  Task<std::vector<domain::DeadLetter>> list_dead_letters(DeadLetterQuery, Deadline) override {
    co_return std::vector<domain::DeadLetter>{};
  }
  Task<std::uint64_t> count_dead_letters(std::string, Deadline) override { co_return 0; }
  Task<std::optional<domain::DeadLetter>> find_dead_letter(domain::DeadLetterId, Deadline) override {
    co_return std::nullopt;
  }
  Task<bool> request_resend(domain::DeadLetterId, TimePoint, Deadline) override { co_return false; }
  Task<std::vector<domain::DeadLetter>> list_resends(std::string, std::size_t, Deadline) override {
    co_return std::vector<domain::DeadLetter>{};
  }
  Task<> give_up_resend(domain::DeadLetterId, std::string, Deadline) override { co_return; }
  Task<> remove_dead_letter(domain::DeadLetterId, Deadline) override { co_return; }

 private:
  void check() const {
    if (is_away) throw Fault(Fault::Kind::unavailable, "away");
  }

  MemoryWebhooks& webhooks_;
};

}  // namespace xzepr::store
