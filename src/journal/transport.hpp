// What a relay hands messages to. The other side is a network: the relay never waits for it, it asks now and
// then what has become of what it sent.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "domain/cloud_event.hpp"
#include "domain/sink.hpp"

namespace xzepr::journal {

enum class DeliveryStatus : std::uint8_t {
  ready,        ///< the other side answers
  delivered,    ///< durable on the other side
  refused,      ///< this very message is at fault; none of its key behind it arrives, and interrupted follows
  away,         ///< nobody answers; the transport goes on trying by itself
  interrupted,  ///< nothing is known of what was not delivered: start again
  blocked,      ///< nothing is delivered until somebody changes something: login, rights, a missing topic
};

struct Delivery {
  std::int64_t position = 0;  ///< of delivered and refused
  DeliveryStatus status = DeliveryStatus::delivered;
  domain::DeadLetterCause cause = domain::DeadLetterCause::refused;  ///< of refused
  std::string why = {};
};

enum class Offer : std::uint8_t { taken, full };

/// Used by one relay, on its loop; no call waits for the network.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Ready to send, with nothing on the way: what was sent before is given up, and take() tells no more of
  /// it. Messages arrive in the order of send(), each at least once, up to the first that does not.
  virtual void start() = 0;
  /// Gives up what was sent.
  virtual void stop() = 0;
  /// full: try again after the next wake-up.
  [[nodiscard]] virtual Offer send(const domain::Message& message) = 0;
  /// What has become of messages since the last call.
  [[nodiscard]] virtual std::vector<Delivery> take() = 0;
  /// `wake` is called from any thread when there is something to take, or room to send. Before start().
  virtual void on_change(std::function<void()> wake) = 0;
};

}  // namespace xzepr::journal
