// Keeps Vault's token alive as long as the process, on a thread of its own.
#pragma once

#include <chrono>
#include <memory>

#include "identity/vault/client.hpp"
#include "telemetry/log.hpp"

namespace xzepr::identity::vault {

/// When to renew next: at half of the token's life, which leaves time for some tries, from 1 s to 1 h; an
/// hour when it lives for ever.
[[nodiscard]] std::chrono::seconds renewal_pause(const Lease& lease);

/// Renews at once and again and again; after a failure in 5 s. A failure is an error in the log the first
/// time, and the way back a line too.
class Renewer {
 public:
  /// Both must outlive this.
  Renewer(Client& client, telemetry::Log& log);
  /// Waits for a request under way.
  ~Renewer();
  Renewer(const Renewer&) = delete;
  Renewer& operator=(const Renewer&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xzepr::identity::vault
