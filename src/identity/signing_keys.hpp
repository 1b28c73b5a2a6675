// The keys of this server's own tokens: one that signs, and those before it, which verify until their grace
// ends. A snapshot never changes; a rotation puts another in its place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

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
  explicit SigningKeys(crypto::SignKey current, std::vector<PreviousKey> previous = {});

  [[nodiscard]] const crypto::SignKey& current() const { return current_; }
  [[nodiscard]] const std::string& current_id() const { return current_id_; }
  [[nodiscard]] const std::vector<PreviousKey>& previous() const { return previous_; }
  [[nodiscard]] bool knows(std::string_view kid) const;
  /// nullptr when the kid is unknown or its grace is over.
  [[nodiscard]] const crypto::SignKey* find(std::string_view kid, TimePoint now) const;
  /// A JWK Set (RFC 7517, section 5) of the public keys.
  [[nodiscard]] std::string key_set(TimePoint now) const;

 private:
  crypto::SignKey current_;
  std::string current_id_;
  std::vector<PreviousKey> previous_;
  std::vector<std::string> previous_ids_;
};

/// routine: what can be looked at often. wanted: a token names a key that is not here, or somebody asked.
enum class Look : std::uint8_t { routine, wanted };
/// under_way: newer keys, if there are any, are put in a moment.
enum class Asked : std::uint8_t { not_now, answered, under_way };

/// What the shards share. Any thread.
class SigningKeyRing {
 public:
  /// nullptr: this server has no key and gives out no tokens.
  [[nodiscard]] std::shared_ptr<const SigningKeys> keys() const {
    const std::lock_guard lock(keys_mutex_);
    return keys_;
  }
  void put(std::shared_ptr<const SigningKeys> keys) {
    const std::lock_guard lock(keys_mutex_);
    keys_.swap(keys);
  }

  /// Who can put newer keys, when there are any: at once, or later (under_way). Set before the shards run;
  /// called from any thread, one at a time.
  void set_source(std::function<Asked(Look)> reload) { reload_ = std::move(reload); }
  /// Asks the source, unless it was asked less than `period` ago.
  Asked ask_again(std::chrono::milliseconds period, Look look = Look::wanted);

 private:
  // A lock, not an atomic pointer: that of g++ 12 ends its own lock without an order (GCC bug 101761).
  mutable std::mutex keys_mutex_;
  std::shared_ptr<const SigningKeys> keys_;  // guarded by keys_mutex_
  std::function<Asked(Look)> reload_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point asked_at_{};  // guarded by mutex_
};

}  // namespace xzepr::identity
