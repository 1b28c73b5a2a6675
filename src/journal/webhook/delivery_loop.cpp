#include "journal/webhook/delivery_loop.hpp"

#include <mutex>
#include <random>
#include <utility>

#include "base/limits.hpp"
#include "domain/webhook_secret.hpp"
#include "journal/message_at.hpp"
#include "journal/webhook/delivery_outcome.hpp"
#include "journal/webhook/signature.hpp"

namespace xzepr::journal::webhook {
namespace {

using namespace std::chrono_literals;
using domain::WebhookDelivery;

constexpr std::string_view log_target = "webhooks";
constexpr auto store_timeout = 5s;
constexpr auto claim_spare = 15s;   // beyond the time that an attempt may take
constexpr auto begin_within = 10s;  // of the claim; later it may be another's before it has ended
constexpr auto list_every = 500ms;  // for what people and other nodes change
constexpr auto poll_every = 250ms;  // for what other nodes feed
constexpr auto fault_pause = 500ms;
constexpr auto stop_poll = 20ms;
// Each claim and each settlement is a commit beside those of events, so under load they are few and large.
constexpr auto claim_pace = 20ms;
constexpr auto settle_pace = 20ms;
constexpr std::size_t settle_at_once = 128;
constexpr std::size_t claimed_ahead = 32;  // for one endpoint, beside what is on its way to it

std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }
Deadline soon() { return Deadline::after(store_timeout); }

std::uint32_t random_number() {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  return static_cast<std::uint32_t>(generator());
}

std::vector<std::string> keys_of(const domain::WebhookSecrets& secrets, TimePoint at) {
  std::vector<std::string> keys;
  if (auto key = domain::parse_webhook_secret(secrets.secret)) keys.push_back(*std::move(key));
  const bool has_old = secrets.old_secret_until && *secrets.old_secret_until > at;
  if (!has_old) return keys;
  if (auto key = domain::parse_webhook_secret(secrets.old_secret)) keys.push_back(*std::move(key));
  return keys;
}

}  // namespace

// What others hand in: answers, and that something may be due. It outlives the loop as long as the sender
// needs it.
struct DeliveryLoop::Inbox {
  struct Answer {
    domain::DeliveryId delivery;
    Result<http::ClientResponse> answer;
  };

  explicit Inbox(asio::io_context& loop) : wake(loop) {}

  Wake wake;
  std::atomic<bool> is_due = false;
  std::mutex mutex;
  std::vector<Answer> answers;      // guarded by mutex
  std::optional<Deadline> stop_by;  // guarded by mutex
  bool is_closed = false;           // guarded by mutex: the loop that `wake` belongs to has ended
};

DeliveryLoop::DeliveryLoop(asio::io_context& loop, DeliveryOptions options, OnDisabled on_disabled,
                           Parts parts)
    : options_(std::move(options)),
      on_disabled_(std::move(on_disabled)),
      parts_(parts),
      delivered_(parts.metrics.counter("xzepr_webhook_attempts_total", "Attempts to deliver to webhooks",
                                       {{"result", "delivered"}})),
      failed_(parts.metrics.counter("xzepr_webhook_attempts_total", "Attempts to deliver to webhooks",
                                    {{"result", "failed"}})),
      given_up_(parts.metrics.counter("xzepr_webhook_given_up_total",
                                      "Deliveries that were given up after their last attempt")),
      disabled_(parts.metrics.counter("xzepr_webhook_disabled_total",
                                      "Webhooks that were disabled because they failed")),
      failing_(parts.metrics.gauge("xzepr_webhooks_failing", "Enabled webhooks whose last attempt failed")),
      took_(parts.metrics.histogram("xzepr_webhook_attempt_seconds", "How long an attempt took",
                                    {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15})),
      inbox_(std::make_shared<Inbox>(loop)) {}

DeliveryLoop::~DeliveryLoop() {
  const std::lock_guard lock(inbox_->mutex);
  inbox_->is_closed = true;
}

void DeliveryLoop::hear_due() {
  if (!inbox_->is_due.exchange(true)) inbox_->wake.notify();
}

void DeliveryLoop::stop(Deadline deadline) {
  {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->stop_by = deadline;
  }
  inbox_->wake.notify();
}

bool DeliveryLoop::may_end() const {
  const std::lock_guard lock(inbox_->mutex);
  if (!inbox_->stop_by) return false;
  return inbox_->stop_by->has_passed() || (flights_.empty() && outcomes_.empty() && waiting_.empty());
}

Task<> DeliveryLoop::run() {
  while (!may_end()) {
    try {
      co_await turn();
      is_store_away_ = false;
    } catch (const Fault& fault) {
      if (!std::exchange(is_store_away_, true))
        parts_.log.error(log_target, "deliveries cannot be read or written; tried again",
                         {{"error", std::string_view(fault.what())}});
      due_at_ = now() + fault_pause;
    }
    co_await inbox_->wake.wait_until(due_at_);
  }
}

Task<> DeliveryLoop::turn() {
  bool is_stopping = false;
  {
    const std::lock_guard lock(inbox_->mutex);
    is_stopping = inbox_->stop_by.has_value();
  }
  due_at_ = now() + (is_stopping ? stop_poll : poll_every);
  take_answers();
  if (is_stopping) give_back_waiting();
  if (wants_to_settle(is_stopping)) co_await settle();
  if (is_stopping) co_return;
  if (now() >= list_at_) co_await list();
  co_await disable_dead();
  co_await begin_waiting();
  (void)inbox_->is_due.exchange(false);
  if (now() >= claim_at_) {
    co_await claim();
  } else {
    due_at_ = std::min(due_at_, claim_at_);
  }
}

Task<> DeliveryLoop::list() {
  list_at_ = now() + list_every;
  const auto all = co_await parts_.webhooks.list_webhooks({}, limits::webhooks_max, soon());
  webhooks_.clear();
  std::size_t failing = 0;
  for (const auto& webhook : all) {
    if (!webhook.enabled) continue;
    if (webhook.failing_since) ++failing;
    webhooks_.emplace(webhook.id, webhook);
  }
  failing_.set(static_cast<double>(failing));
}

void DeliveryLoop::take_answers() {
  std::vector<Inbox::Answer> answers;
  {
    const std::lock_guard lock(inbox_->mutex);
    answers.swap(inbox_->answers);
  }
  for (auto& [id, answer] : answers) {
    const auto found = flights_.find(id);
    if (found == flights_.end()) continue;
    const auto& flight = found->second;
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(now() - flight.begun);
    auto outcome = outcome_of(flight.delivery, answer, took, parts_.clock.now(), random_number());
    took_.observe(std::chrono::duration<double>(took).count());
    (outcome.status == domain::DeliveryStatus::delivered ? delivered_ : failed_).add();
    if (outcome.status == domain::DeliveryStatus::failed) given_up_.add();
    if (!outcome.works.value_or(true)) bad_ends_.push_back(outcome);
    --busy_[flight.delivery.webhook_id];
    outcomes_.push_back(std::move(outcome));
    flights_.erase(found);
  }
}

// At once when nobody else's end is to be expected soon.
bool DeliveryLoop::wants_to_settle(bool is_stopping) {
  if (outcomes_.empty()) return false;
  const bool is_quiet = flights_.empty() && waiting_.empty();
  if (is_quiet || is_stopping || outcomes_.size() >= settle_at_once || now() >= settle_at_) return true;
  due_at_ = std::min(due_at_, settle_at_);
  return false;
}

// What cannot be written now is kept for the next turn.
Task<> DeliveryLoop::settle() {
  auto outcomes = outcomes_;
  co_await parts_.webhooks.settle(std::move(outcomes), soon());
  outcomes_.clear();
  settle_at_ = now() + settle_pace;
}

Task<> DeliveryLoop::disable_dead() {
  while (!bad_ends_.empty()) {
    const auto outcome = bad_ends_.back();
    const auto found = webhooks_.find(outcome.webhook);
    const auto reason =
        found == webhooks_.end() ? std::string() : why_disabled(found->second, outcome, parts_.clock.now());
    if (!reason.empty()) {
      const auto webhook = found->second;
      const bool is_done = co_await parts_.webhooks.disable(webhook.id, reason, soon());
      webhooks_.erase(webhook.id);
      if (is_done) {
        disabled_.add();
        parts_.log.error(log_target, "a webhook was disabled",
                         {{"webhook", std::string_view(webhook.name)}, {"why", std::string_view(reason)}});
        co_await on_disabled_(webhook, reason);
      }
    }
    bad_ends_.pop_back();
  }
}

std::size_t DeliveryLoop::busy_with(domain::WebhookId webhook) const {
  const auto busy = busy_.find(webhook);
  return busy == busy_.end() ? 0 : busy->second;
}

// Those with enough to do are not asked about.
std::vector<store::DeliveryRoom> DeliveryLoop::rooms() const {
  std::vector<store::DeliveryRoom> rooms;
  for (const auto& [id, webhook] : webhooks_) {
    const auto waiting = waiting_.find(id);
    const std::size_t ahead = waiting == waiting_.end() ? 0 : waiting->second.size();
    if (ahead >= options_.concurrency) continue;
    const auto all = busy_with(id) + ahead;
    rooms.push_back({.webhook = id, .attempts = options_.concurrency + claimed_ahead - all});
  }
  return rooms;
}

std::vector<domain::WebhookId> DeliveryLoop::without_room() const {
  std::vector<domain::WebhookId> ids;
  for (const auto& [id, waiting] : waiting_) {
    if (waiting.size() >= options_.concurrency) ids.push_back(id);
  }
  return ids;
}

// The webhooks are those of this very moment: what was changed before is heeded.
Task<> DeliveryLoop::claim() {
  auto except = without_room();
  const auto due_in = co_await parts_.webhooks.next_due(std::move(except), soon());
  if (!due_in || *due_in > 0ms) {
    if (due_in) due_at_ = std::min(due_at_, now() + *due_in);
    co_return;
  }
  co_await list();
  auto free = rooms();
  if (free.empty()) co_return;
  const auto claimed_at = now();
  auto claimed = co_await parts_.webhooks.claim(std::move(free), options_.timeout + claim_spare, soon());
  claim_at_ = claimed_at + claim_pace;
  if (!claimed.empty()) due_at_ = std::min(due_at_, claim_at_);
  for (auto& delivery : claimed) {
    const auto webhook = delivery.webhook_id;
    waiting_[webhook].push_back({.delivery = std::move(delivery), .claimed_at = claimed_at});
  }
  co_await begin_waiting();
}

// A fault leaves what was not begun where it is.
Task<> DeliveryLoop::begin_waiting() {
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    auto& [id, queue] = *at;
    while (!queue.empty() && busy_with(id) < options_.concurrency) {
      auto next = queue.front();
      const bool is_late = now() - next.claimed_at > begin_within;
      if (is_late || !webhooks_.contains(id)) {
        give_back(next.delivery);
      } else {
        co_await begin(std::move(next.delivery));
      }
      queue.pop_front();
    }
    at = queue.empty() ? waiting_.erase(at) : std::next(at);
  }
}

void DeliveryLoop::give_back_waiting() {
  for (const auto& [id, queue] : waiting_) {
    for (const auto& one : queue) give_back(one.delivery);
  }
  waiting_.clear();
}

// Somebody else may make the attempt.
void DeliveryLoop::give_back(const WebhookDelivery& delivery) {
  outcomes_.push_back({.delivery = delivery.id,
                       .webhook = delivery.webhook_id,
                       .key = delivery.key,
                       .claim = delivery.claims,
                       .status = domain::DeliveryStatus::pending,
                       .is_begun = false,
                       .http_status = delivery.last_status,
                       .error = delivery.last_error,
                       .took = delivery.last_took});
}

Task<> DeliveryLoop::begin(WebhookDelivery delivery) {
  const auto webhook = webhooks_.at(delivery.webhook_id);
  const auto secrets = domain::unseal_secrets(options_.key, webhook.id, webhook.sealed);
  if (!secrets || keys_of(*secrets, parts_.clock.now()).empty()) {
    give_up(delivery, "the webhook's secret cannot be read: give it a new one");
    co_return;
  }
  auto body = co_await body_of(delivery);
  if (!body) {
    give_up(delivery, std::move(body).error());
    co_return;
  }
  auto request = request_of(webhook, *secrets, delivery, *std::move(body));
  send(std::move(delivery), std::move(request));
}

Task<std::expected<std::string, std::string>> DeliveryLoop::body_of(WebhookDelivery delivery) {
  if (delivery.cause == domain::DeliveryCause::test) co_return domain::render_test_message(delivery);
  auto message =
      co_await message_at(parts_.journal, delivery.position, domain::MessageProfile::strict, soon());
  if (!message) co_return std::unexpected(std::move(message).error());
  co_return std::move(message->body);
}

http::SendRequest DeliveryLoop::request_of(const domain::Webhook& webhook,
                                           const domain::WebhookSecrets& secrets,
                                           const WebhookDelivery& delivery, std::string body) const {
  const auto at = parts_.clock.now();
  const auto keys = keys_of(secrets, at);
  http::SendRequest request{.url = webhook.url,
                            .headers = signed_headers(delivery.message_id, at, body, keys),
                            .timeout = options_.timeout,
                            .ca_file = options_.ca_file,
                            .may_dial = [rules = options_.rules](const IpAddress& address) {
                              return domain::may_dial(address, rules);
                            }};
  request.headers.emplace_back("content-type", "application/cloudevents+json; charset=utf-8");
  for (const auto& header : secrets.headers) request.headers.push_back(header);
  request.body = std::move(body);
  return request;
}

void DeliveryLoop::send(WebhookDelivery delivery, http::SendRequest request) {
  const auto id = delivery.id;
  ++busy_[delivery.webhook_id];
  flights_.insert_or_assign(id, Flight{.delivery = std::move(delivery), .begun = now()});
  parts_.sender.send(std::move(request), [inbox = inbox_, id](Result<http::ClientResponse> answer) {
    const std::lock_guard lock(inbox->mutex);
    if (inbox->is_closed) return;
    inbox->answers.push_back({.delivery = id, .answer = std::move(answer)});
    inbox->wake.notify();
  });
}

void DeliveryLoop::give_up(const WebhookDelivery& delivery, std::string why) {
  parts_.log.error(log_target, "a message for a webhook cannot be sent",
                   {{"position", delivery.position}, {"why", std::string_view(why)}});
  given_up_.add();
  outcomes_.push_back(unsendable(delivery, std::move(why)));
  due_at_ = now();
}

}  // namespace xzepr::journal::webhook
