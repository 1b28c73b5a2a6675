// The section "vault" of the configuration, checked.
#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <string>
#include <vector>

namespace xzepr::identity::vault {

struct Settings {
  std::string address;          ///< https://HOST[:PORT], or http:// on a loopback address
  std::string token = {};       ///< or token_file, one of the two
  std::string token_file = {};  ///< read anew for each request: an agent may put another token there
  std::string name_space = {};  ///< "" for the root namespace
  std::string mount = "secret";
  std::string ca_file = {};  ///< "" for the system's authorities
  std::chrono::milliseconds timeout = std::chrono::seconds{5};
  std::string signing_key_path = {};  ///< of the secret in the mount, as in xzepr/jwt
  std::string signing_key_field = "private_key";
  std::chrono::seconds refresh = std::chrono::seconds{60};  ///< how often the secret is read again
};

/// Letters, digits and "._-" in segments between single slashes, none of them "." or "..": what may stand in
/// a path without being encoded.
[[nodiscard]] bool is_secret_path(std::string_view text);

/// Out of the keys of the section (settings.cpp lists them). Otherwise all that is wrong, a line each: the
/// key without its section, what is wrong with it and what to write.
[[nodiscard]] std::expected<Settings, std::vector<std::string>> read_settings(
    const std::map<std::string, std::string>& keys);

}  // namespace xzepr::identity::vault
