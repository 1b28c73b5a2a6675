// What is known of the provider at the moment: its endpoints and its keys, fetched when first needed. One
// object per process; any shard.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "identity/oidc/discovery.hpp"
#include "identity/oidc/fetch.hpp"
#include "identity/oidc/signed_token.hpp"

namespace xzepr::identity::oidc {

/// How often at most a kid that nobody knows may ask for the keys again: invented ones must not become a
/// load.
inline constexpr auto unknown_kid_pause = std::chrono::minutes{1};
/// How soon after a failure the provider is asked again.
inline constexpr auto failure_pause = std::chrono::seconds{5};

struct ProviderState {
  Discovery discovery;
  ProviderKeys keys;
  TimePoint expires_at;  ///< by the key set's max-age, from a minute to a day; an hour when it says nothing
};

class Provider {
 public:
  Provider(std::string issuer, Fetcher& fetcher);

  /// Never older than max-age: keys that a provider has withdrawn end. Errc::unavailable, code
  /// "oidc_unavailable". Of several that need it at once, one asks and the others wait for it.
  [[nodiscard]] Task<Result<std::shared_ptr<const ProviderState>>> get(TimePoint now);
  /// The claims of a token that this provider signed; one with an unknown key has the keys fetched again,
  /// once a minute at most. nullopt when it is not genuine. Errc::unavailable when the keys cannot be had.
  [[nodiscard]] Task<Result<std::optional<json::Value>>> read_token(const TokenParts& parts, TimePoint now);

 private:
  struct Turn;
  using Shown = std::shared_ptr<const ProviderState>;

  [[nodiscard]] Task<Result<Shown>> load(TimePoint now);
  [[nodiscard]] Task<Result<Shown>> load_keys(Discovery discovery, TimePoint now);
  [[nodiscard]] Task<Result<Shown>> refresh(TimePoint now);
  [[nodiscard]] Task<> wait_for_turn();
  void end_turn(const Result<Shown>& loaded, TimePoint now);
  [[nodiscard]] bool may_ask_for_unknown_kid(TimePoint now);

  const std::string issuer_;
  Fetcher& fetcher_;

  std::mutex mutex_;
  Shown shown_;               // guarded by mutex_
  bool is_loading_ = false;   // guarded by mutex_
  TimePoint failed_at_;       // guarded by mutex_
  TimePoint unknown_kid_at_;  // guarded by mutex_
};

/// Of a Cache-Control header, bounded; an hour when it has none.
[[nodiscard]] std::chrono::seconds key_lifetime(std::string_view cache_control);

}  // namespace xzepr::identity::oidc
