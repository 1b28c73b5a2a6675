#include "redis/link.hpp"

#include <utility>

namespace xzepr::redis {

Link::Link(std::string place, std::size_t clients, telemetry::Log& log, telemetry::Metrics& metrics)
    : place_(std::move(place)),
      clients_(clients),
      log_(log),
      up_(metrics.gauge("xzepr_redis_up", "1 while every shard has a connection to Redis that answers.")),
      losses_(
          metrics.counter("xzepr_redis_losses_total", "Connections to Redis that were lost or given up.")) {}

void Link::found() {
  if (++up_count_ != clients_) return;
  up_.set(1);
  if (is_loss_told_.exchange(false))
    log_.info("redis", "Redis is back", {{"address", std::string_view(place_)}});
}

void Link::lost(std::string_view why, bool was_up) {
  if (was_up) {
    --up_count_;
    losses_.add();
  }
  up_.set(0);
  if (is_loss_told_.exchange(true)) return;
  log_.warn("redis", "Redis does not answer: this node goes on alone until it is back",
            {{"address", std::string_view(place_)},
             {"error", why},
             {"hint", "start Redis, or correct redis.url; nothing is refused because of it"}});
}

}  // namespace xzepr::redis
