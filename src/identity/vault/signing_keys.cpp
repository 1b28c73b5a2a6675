#include "identity/vault/signing_keys.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

namespace xzepr::identity::vault {
namespace {

constexpr std::int64_t versions_max = 32;

}  // namespace

std::expected<SigningKeys, std::string> read_signing_keys(Client& client, const KeyPlace& place,
                                                          std::chrono::seconds grace, TimePoint now) {
  const auto newest = client.read_newest(place.path, place.field);
  if (!newest) return std::unexpected(newest.error());
  auto current = crypto::SignKey::from_pem(newest->text);
  if (!current) {
    return std::unexpected(fmt::format("secret {}: the field {} holds {}: write a new key there", place.path,
                                       place.field, current.error()));
  }
  std::vector<PreviousKey> previous;
  std::string last_id = key_id(*current);
  auto retired_at = newest->created_at;
  const auto oldest = std::max<std::int64_t>(1, newest->version - versions_max + 1);
  for (auto version = newest->version - 1; version >= oldest && now < retired_at + grace; --version) {
    const auto before = client.read_version(place.path, place.field, version);
    if (!before) return std::unexpected(before.error());
    if (!*before) continue;
    // A version in which another field changed has the same key.
    auto key = crypto::SignKey::from_pem((*before)->text);
    const auto id = key ? key_id(*key) : last_id;
    if (id != last_id) previous.push_back({.key = *std::move(key), .until = retired_at + grace});
    last_id = id;
    retired_at = (*before)->created_at;
  }
  return SigningKeys(*std::move(current), std::move(previous));
}

}  // namespace xzepr::identity::vault
