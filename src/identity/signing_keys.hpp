// The keys of this server's own tokens: one that signs, and the one before it, which verifies until its grace
// ends. A snapshot never changes; a rotation puts another in its place.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "crypto/sign_key.hpp"

namespace xzepr::identity {

/// The key's thumbprint (RFC 7638): the same key has the same kid on every node.
[[nodiscard]] std::string key_id(const crypto::SignKey& key);

struct PreviousKey {
  crypto::SignKey key;
  TimePoint until;  ///< from then on it verifies nothing
};

class SigningKeys {
 public:
  explicit SigningKeys(crypto::SignKey current, std::optional<PreviousKey> previous = std::nullopt);

  [[nodiscard]] const crypto::SignKey& current() const { return current_; }
  [[nodiscard]] const std::string& current_id() const { return current_id_; }
  [[nodiscard]] const std::optional<PreviousKey>& previous() const { return previous_; }
  /// nullptr when the kid is unknown or its grace is over.
  [[nodiscard]] const crypto::SignKey* find(std::string_view kid, TimePoint now) const;
  /// A JWK Set (RFC 7517, section 5) of the public keys.
  [[nodiscard]] std::string key_set(TimePoint now) const;

 private:
  crypto::SignKey current_;
  std::string current_id_;
  std::optional<PreviousKey> previous_;
  std::string previous_id_;
};

/// What the shards share. Any thread.
class SigningKeyRing {
 public:
  /// nullptr: this server has no key and gives out no tokens.
  [[nodiscard]] std::shared_ptr<const SigningKeys> keys() const { return keys_.load(); }
  void put(std::shared_ptr<const SigningKeys> keys) { keys_.store(std::move(keys)); }

 private:
  std::atomic<std::shared_ptr<const SigningKeys>> keys_;
};

}  // namespace xzepr::identity
