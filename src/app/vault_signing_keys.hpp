// Signing keys that live in Vault: read at the start, and again and again on a thread of their own, which
// keeps Vault's token alive as well. What Vault does not give changes nothing.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "app/config/config.hpp"
#include "base/clock.hpp"
#include "identity/signing_keys.hpp"
#include "telemetry/log.hpp"

namespace xzepr::app {

/// Whether the configuration names a secret of Vault as the source of signing keys.
[[nodiscard]] bool has_keys_in_vault(const Config& config);

class VaultSigningKeys {
 public:
  using Keys = std::shared_ptr<const identity::SigningKeys>;
  using Taken = std::function<void(Keys)>;

  /// Reads the keys and waits for them. A previous key verifies for `grace`. Throws Fault with the line that
  /// mends it.
  VaultSigningKeys(const Config& config, std::chrono::seconds grace, const Clock& clock, telemetry::Log& log);
  /// Waits for a request under way.
  ~VaultSigningKeys();
  VaultSigningKeys(const VaultSigningKeys&) = delete;
  VaultSigningKeys& operator=(const VaultSigningKeys&) = delete;

  /// What the start gave.
  [[nodiscard]] const Keys& first_keys() const;
  /// From now on keeps the token alive, and reads again every vault.refresh_seconds and when somebody asks.
  /// `taken` is called after each reading that succeeded, on the thread of this.
  void watch(Taken taken);
  /// Reads again soon: at once, but not more than twice a second. Any thread; never waits.
  void look_soon();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xzepr::app
