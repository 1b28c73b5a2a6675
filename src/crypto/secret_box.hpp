// Authenticated encryption of small secrets that travel through foreign hands, such as a cookie
// (XChaCha20-Poly1305, draft-irtf-cfrg-xchacha-03, through libsodium). Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace xzepr::crypto {

/// A key for one purpose out of a secret that serves several (HMAC-SHA-256 of the purpose): 32 bytes.
[[nodiscard]] std::string derive_key(std::string_view secret, std::string_view purpose);

/// A random nonce of 24 bytes, then the text encrypted, then a tag of 16 bytes. `context` is not in it but
/// must be the same to open it. `key` has 32 bytes.
[[nodiscard]] std::string seal(std::string_view key, std::string_view context, std::string_view text);
/// nullopt unless these very bytes were sealed with this key and this context.
[[nodiscard]] std::optional<std::string> unseal(std::string_view key, std::string_view context,
                                                std::string_view sealed);

}  // namespace xzepr::crypto
