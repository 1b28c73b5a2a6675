// Randomness for secrets, from the operating system through libsodium. Any thread.
#pragma once

#include <cstddef>
#include <string>

namespace xzepr::crypto {

[[nodiscard]] std::string random_bytes(std::size_t count);
/// `length` characters of [0-9A-Za-z], each uniform (5.95 bits).
[[nodiscard]] std::string random_base62(std::size_t length);

}  // namespace xzepr::crypto
