// Whom a credential speaks for, kept for at most one catalogue revision and a minute: while the catalogue is
// polled (every 250 ms), a revoked one is refused on every node within a second. Refused ones are remembered
// for a second. Shard-local.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "crypto/digest.hpp"
#include "service/rights.hpp"

namespace xzepr::service {

class CredentialCache {
 public:
  /// By the hash of the credential, so that no secret stays in memory. The answer, when it still counts.
  [[nodiscard]] std::optional<Result<Caller>> find(const crypto::Sha256& hash, std::int64_t revision,
                                                   TimePoint now);
  /// `expires_at`: from then on it is asked anew, whatever else holds.
  void put(const crypto::Sha256& hash, std::int64_t revision, TimePoint now, const Result<Caller>& answer,
           std::optional<TimePoint> expires_at);

 private:
  struct Cached {
    Caller principal;
    std::int64_t revision;
    TimePoint checked_at;
    std::optional<TimePoint> expires_at;
  };
  struct Refused {
    std::int64_t revision;
    TimePoint checked_at;
  };
  // A SHA-256 is already a good hash.
  struct Hash {
    std::size_t operator()(const crypto::Sha256& hash) const noexcept;
  };

  std::unordered_map<crypto::Sha256, Cached, Hash> cached_;  // bounded
  std::unordered_map<crypto::Sha256, Refused, Hash>
      refused_;  // apart, so that invented ones cannot push out real ones
};

}  // namespace xzepr::service
