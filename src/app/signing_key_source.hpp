// Where the keys of access tokens come from: a file, a mounted directory of secrets, the configuration
// itself, or Vault; made at the first start with --dev. A previous key verifies for a grace after its
// rotation: as long as its tokens may live.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/config/config.hpp"
#include "app/vault_signing_keys.hpp"
#include "base/clock.hpp"
#include "identity/signing_keys.hpp"
#include "telemetry/log.hpp"

namespace xzepr::app {

/// The pair of files that a rotation works on: PEM, 0600. The second holds all previous keys, newest first,
/// each after a line that says when it was retired (the file's own time when there is none).
struct SigningKeyFiles {
  std::filesystem::path current;
  std::filesystem::path previous;  ///< need not exist
};
/// nullopt when keys come from elsewhere or nowhere.
[[nodiscard]] std::optional<SigningKeyFiles> signing_key_files(const Config& config);

class SigningKeySource {
 public:
  /// Reads what is configured. Throws Fault with the line that mends it.
  SigningKeySource(const Config& config, const Clock& clock, telemetry::Log& log);

  /// What the last reading gave; nullptr when none is configured.
  [[nodiscard]] std::shared_ptr<const identity::SigningKeys> keys() const { return keys_; }
  /// Reads again what may have changed and puts what is newer into the ring; what cannot be read is logged
  /// and changes nothing. Vault is only asked to when that is wanted, and answers later.
  [[nodiscard]] identity::Asked reload(identity::SigningKeyRing& ring, identity::Look look);
  /// From now on Vault, if the keys are there, is looked at by itself. The ring must outlive this.
  void watch(identity::SigningKeyRing& ring);

 private:
  [[nodiscard]] std::shared_ptr<const identity::SigningKeys> read() const;

  const Config& config_;
  const Clock& clock_;
  telemetry::Log& log_;
  std::optional<SigningKeyFiles> files_;
  TimePoint started_at_;
  std::filesystem::file_time_type read_at_{};  // the newest of the files then
  std::shared_ptr<const identity::SigningKeys> keys_;
  std::optional<VaultSigningKeys> vault_;
};

/// Makes a new current key; the present one becomes the previous. Its kid. Throws Fault.
[[nodiscard]] std::string rotate_signing_key(const Config& config, TimePoint now);

}  // namespace xzepr::app
