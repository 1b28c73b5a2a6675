#include "service/credential_cache.hpp"

#include <cstring>

#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t cached_max = 10'000;
constexpr auto cached_for = 60s;
constexpr auto refused_for = 1s;

bool is_younger(TimePoint since, TimePoint now, std::chrono::seconds age) {
  return since <= now && now - since < age;
}

}  // namespace

std::size_t CredentialCache::Hash::operator()(const crypto::Sha256& hash) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);
  return value;
}

std::optional<Result<Caller>> CredentialCache::find(const crypto::Sha256& hash, std::int64_t revision,
                                                    TimePoint now) {
  const auto refused = refused_.find(hash);
  if (refused != refused_.end()) {
    const auto& entry = refused->second;
    if (entry.revision == revision && is_younger(entry.checked_at, now, refused_for))
      return Result<Caller>(std::unexpected(credentials_invalid()));
    refused_.erase(refused);
  }
  const auto found = cached_.find(hash);
  if (found == cached_.end()) return std::nullopt;
  const auto& entry = found->second;
  const bool is_expired = entry.expires_at && *entry.expires_at <= now;
  if (entry.revision == revision && !is_expired && is_younger(entry.checked_at, now, cached_for))
    return Result<Caller>(entry.principal);
  cached_.erase(found);
  return std::nullopt;
}

void CredentialCache::put(const crypto::Sha256& hash, std::int64_t revision, TimePoint now,
                          const Result<Caller>& answer, std::optional<TimePoint> expires_at) {
  if (!answer) {
    if (refused_.size() >= cached_max) refused_.clear();
    refused_.insert_or_assign(hash, Refused{.revision = revision, .checked_at = now});
    return;
  }
  if (cached_.size() >= cached_max) cached_.clear();
  cached_.insert_or_assign(
      hash, Cached{.principal = *answer, .revision = revision, .checked_at = now, .expires_at = expires_at});
}

}  // namespace xzepr::service
