#include "journal/relay_metrics.hpp"

namespace xzepr::journal {

RelayMetrics::RelayMetrics(telemetry::Metrics& metrics, std::string_view sink)
    : pending_(metrics.gauge("events_journal_pending", "Journal rows that a sink has not delivered yet",
                             {{"sink", sink}})),
      driving_(metrics.gauge("xzepr_sink_driving", "1 while this node drives the sink", {{"sink", sink}})),
      blocked_(metrics.gauge("xzepr_sink_blocked",
                             "1 while nothing can be delivered until somebody changes something",
                             {{"sink", sink}})),
      sent_(metrics.counter("xzepr_sink_messages_total", "Messages that a sink has taken", {{"sink", sink}})),
      refused_(metrics.counter("xzepr_sink_refusals_total", "Times that a sink has refused a message",
                               {{"sink", sink}})),
      interruptions_(metrics.counter("xzepr_sink_interruptions_total",
                                     "Times that delivery had to begin again", {{"sink", sink}})),
      dead_letters_(metrics.counter("xzepr_sink_dead_letters_total",
                                    "Rows that became dead letters on this node", {{"sink", sink}})),
      lag_(metrics.histogram("xzepr_sink_lag_seconds", "From a row's commit to its delivery",
                             {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300}, {{"sink", sink}})) {}

void RelayMetrics::set_pending(std::int64_t rows) { pending_.set(static_cast<double>(rows)); }

void RelayMetrics::set_state(RelayState state) {
  driving_.set(state == RelayState::standby ? 0 : 1);
  blocked_.set(state == RelayState::blocked ? 1 : 0);
}

void RelayMetrics::add(const Delivery& delivery) {
  switch (delivery.status) {
    case DeliveryStatus::ready:
    case DeliveryStatus::away: return;
    case DeliveryStatus::delivered: return sent_.add();
    case DeliveryStatus::refused: return refused_.add();
    case DeliveryStatus::interrupted:
    case DeliveryStatus::blocked: return interruptions_.add();
  }
}

void RelayMetrics::observe_lag(std::chrono::microseconds lag) {
  lag_.observe(std::chrono::duration<double>(lag).count());
}

}  // namespace xzepr::journal
