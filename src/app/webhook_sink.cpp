#include "app/webhook_sink.hpp"

#include <utility>

#include "app/node_name.hpp"
#include "app/run_to_end.hpp"
#include "base/limits.hpp"

namespace xzepr::app {
namespace {

using namespace std::chrono_literals;

constexpr auto webhook_end_patience = 3s;
constexpr auto audit_timeout = 5s;

Task<> record_disabled(WebhookSink::Parts parts, domain::Webhook webhook, std::string reason) {
  service::Context context{.principal = nullptr,
                           .deadline = Deadline::after(audit_timeout),
                           .now = parts.clock.now(),
                           .request_id = {}};
  service::AuditNote note{.action = identity::AuditAction::webhook_disabled,
                          .target = std::move(webhook.name),
                          .detail = std::move(reason)};
  try {
    co_await parts.audit.record(*parts.ports.sessions, std::move(context), std::move(note));
  } catch (const Fault& fault) {
    parts.log.error("webhooks", "that a webhook was disabled is not in the audit log",
                    {{"error", std::string_view(fault.what())}});
  }
}

}  // namespace

domain::WebhookUrlRules webhook_rules(const WebhooksConfig& webhooks) {
  domain::WebhookUrlRules rules{.allow_http = webhooks.allow_http};
  for (const auto& network : webhooks.private_networks) {
    if (const auto parsed = parse_ip_network(network)) rules.private_networks.push_back(*parsed);
  }
  for (const auto& port : webhooks.ports) rules.ports.push_back(static_cast<std::uint16_t>(std::stoi(port)));
  return rules;
}

WebhookSink::WebhookSink(const WebhooksConfig& config, store::CommitSignal& commits, Parts parts)
    : config_(config),
      parts_(parts),
      sender_(limits::webhooks_max * static_cast<std::size_t>(config.concurrency)),
      feeder_(parts.shards.loop(0), make_owner(parts.ids, parts.clock.now()), [this] { hear_due(); },
              {.journal = *parts.ports.journal,
               .sinks = *parts.ports.sinks,
               .webhooks = *parts.ports.webhooks,
               .clock = parts.clock,
               .ids = parts.ids,
               .log = parts.log,
               .metrics = parts.metrics}) {
  commits.subscribe([this] { feeder_.hear_commit(); });
}

void WebhookSink::spawn(std::string_view name, Task<> task) {
  std::promise<void> ended;
  ended_.push_back(ended.get_future());
  auto shared = std::make_shared<Task<>>(run_to_end(std::move(task), std::move(ended)));
  asio::post(parts_.shards.loop(0),
             [this, name, shared] { parts_.shards.tasks(0).spawn(name, std::move(*shared)); });
}

void WebhookSink::start(const service::WebhookSettings& settings) {
  journal::webhook::DeliveryOptions options{.concurrency = static_cast<std::size_t>(config_.concurrency),
                                            .timeout = std::chrono::milliseconds(config_.timeout_ms),
                                            .rules = settings.rules,
                                            .ca_file = config_.ca_file,
                                            .key = settings.key};
  auto on_disabled = [parts = parts_](domain::Webhook webhook, std::string reason) {
    return record_disabled(parts, std::move(webhook), std::move(reason));
  };
  deliveries_.emplace(parts_.shards.loop(0), std::move(options), std::move(on_disabled),
                      journal::webhook::DeliveryLoop::Parts{.journal = *parts_.ports.journal,
                                                            .webhooks = *parts_.ports.webhooks,
                                                            .sender = sender_,
                                                            .clock = parts_.clock,
                                                            .log = parts_.log,
                                                            .metrics = parts_.metrics});
  spawn("webhook_deliveries", deliveries_->run());
  spawn("webhook_feeder", feeder_.run());
}

void WebhookSink::stop(std::chrono::milliseconds patience) {
  if (ended_.empty()) return;
  const auto until = std::chrono::steady_clock::now() + patience + webhook_end_patience;
  feeder_.stop();
  deliveries_->stop(Deadline::after(patience));
  for (auto& ended : ended_) ended.wait_until(until);
  ended_.clear();
  sender_.stop();
}

}  // namespace xzepr::app
