// An answer of Vault is read or refused in bounded words, and what is refused shows nothing of a secret's
// value.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "identity/vault/answer.hpp"

using namespace xzepr::identity::vault;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto secret = read_secret(input, "k")) {
    XZEPR_ASSERT(!secret->text.empty() && secret->text.size() <= secret_bytes_max && secret->version >= 0);
  } else {
    XZEPR_ASSERT(!secret.error().empty() && secret.error().size() < 400);
  }
  if (const auto lease = read_lease(input)) XZEPR_ASSERT(lease->duration.count() >= 0);
  for (const int status : {307, 400, 403, 404, 503}) {
    const auto line = explain_refusal(status, input);
    XZEPR_ASSERT(line.size() < 400);
    for (const char c : line) XZEPR_ASSERT(c >= 0x20 && c < 0x7F);
  }
  return 0;
}
