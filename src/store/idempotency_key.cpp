#include <algorithm>

#include "store/event_store.hpp"

namespace xzepr::store {

// A route holds no zero byte, so that no two triples give the same text.
KeyId idempotency_key_id(UserId user, std::string_view route, std::string_view key) {
  const auto& user_bytes = user.value.bytes;
  std::string text;
  text.reserve(user_bytes.size() + route.size() + 1 + key.size());
  text.append(user_bytes.begin(), user_bytes.end());
  text.append(route).append(1, '\0').append(key);
  const auto digest = crypto::sha256(text);
  KeyId id;
  std::copy_n(digest.begin(), id.value.bytes.size(), id.value.bytes.begin());
  return id;
}

}  // namespace xzepr::store
