#include "identity/vault/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

namespace xzepr::identity::vault {
namespace {

constexpr auto known_keys = std::to_array<std::string_view>(
    {"address", "token", "token_file", "namespace", "mount", "ca_file", "timeout_ms", "signing_key_path",
     "signing_key_field", "refresh_seconds"});
constexpr int timeout_ms_max = 60'000;
constexpr int refresh_seconds_max = 86'400;

bool is_host_and_port(std::string_view text) {
  return !text.empty() && text.find_first_of("/?#@ \\") == std::string_view::npos;
}

// A token goes to nobody but Vault, so the way to it is TLS, or none.
bool is_vault_address(std::string_view url) {
  if (url.starts_with("https://")) return is_host_and_port(url.substr(8));
  if (!url.starts_with("http://") || !is_host_and_port(url.substr(7))) return false;
  const auto host = url.substr(7);
  return std::ranges::any_of(
      std::array<std::string_view, 3>{"127.0.0.1", "localhost", "[::1]"}, [&](auto own) {
        return host.starts_with(own) && (host.size() == own.size() || host[own.size()] == ':');
      });
}

// 0 when it is no number.
int number_in(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

}  // namespace

bool is_secret_path(std::string_view text) {
  for (;;) {
    const auto slash = text.find('/');
    const auto segment = text.substr(0, slash);
    const bool is_plain = std::ranges::all_of(segment, [](unsigned char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
             c == '_' || c == '-';
    });
    if (segment.empty() || segment == "." || segment == ".." || !is_plain) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

std::expected<Settings, std::vector<std::string>> read_settings(
    const std::map<std::string, std::string>& keys) {
  std::vector<std::string> wrong;
  Settings settings;
  for (const auto& [key, value] : keys) {
    if (key == "address") settings.address = value;
    if (key == "token") settings.token = value;
    if (key == "token_file") settings.token_file = value;
    if (key == "namespace") settings.name_space = value;
    if (key == "mount") settings.mount = value;
    if (key == "ca_file") settings.ca_file = value;
    if (key == "timeout_ms") settings.timeout = std::chrono::milliseconds(number_in(value));
    if (key == "signing_key_path") settings.signing_key_path = value;
    if (key == "signing_key_field") settings.signing_key_field = value;
    if (key == "refresh_seconds") settings.refresh = std::chrono::seconds(number_in(value));
    if (std::ranges::find(known_keys, key) == known_keys.end())
      wrong.push_back(
          fmt::format("{}: there is no such key; there are {}", key, fmt::join(known_keys, ", ")));
  }
  while (settings.address.ends_with('/')) settings.address.pop_back();
  if (!is_vault_address(settings.address))
    wrong.emplace_back(
        "address: is no address of Vault; write https://HOST:PORT (http:// on a loopback address only)");
  if (settings.token.empty() == settings.token_file.empty())
    wrong.emplace_back("token: write token or token_file, one of the two");
  if (!is_secret_path(settings.mount))
    wrong.emplace_back(
        "mount: is no path of a secrets engine; write secret, as in vault kv get -mount=secret");
  if (!settings.name_space.empty() && !is_secret_path(settings.name_space))
    wrong.emplace_back("namespace: is no namespace; write it as team or team/project");
  if (settings.timeout.count() < 1 || settings.timeout.count() > timeout_ms_max)
    wrong.push_back(fmt::format("timeout_ms: write an integer from 1 to {}", timeout_ms_max));
  if (!is_secret_path(settings.signing_key_path))
    wrong.emplace_back(
        "signing_key_path: is no path of a secret; write it as in vault kv get -mount=MOUNT xzepr/jwt");
  if (settings.signing_key_field.empty())
    wrong.emplace_back("signing_key_field: is empty; write the field that holds the PEM");
  if (settings.refresh.count() < 1 || settings.refresh.count() > refresh_seconds_max)
    wrong.push_back(fmt::format("refresh_seconds: write an integer from 1 to {}", refresh_seconds_max));
  if (!wrong.empty()) return std::unexpected(std::move(wrong));
  return settings;
}

}  // namespace xzepr::identity::vault
