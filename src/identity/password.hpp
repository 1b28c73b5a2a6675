// What may be a password: 8 to 128 characters after Unicode's NFC, none trimmed, no control characters, not
// among the 6,000 most common ones of that length (case-insensitive). NIST SP 800-63B, section 5.1.1.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace xzepr::identity {

inline constexpr std::size_t password_length_min = 8;
inline constexpr std::size_t password_length_max = 128;

/// The NFC form, which is what is hashed. A violation at /password: "minLength", "maxLength", "utf8",
/// "controlCharacters", "common".
[[nodiscard]] Result<std::string> check_new_password(std::string_view password);
/// The same form of what somebody typed at a login; nullopt for what cannot be a password at all.
[[nodiscard]] std::optional<std::string> typed_password(std::string_view password);

}  // namespace xzepr::identity
