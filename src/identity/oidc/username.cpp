#include "identity/oidc/username.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "identity/role.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr std::size_t wish_length_max = 64;
constexpr std::array<std::size_t, 4> mark_lengths = {4, 8, 16, 52};

bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("_.@-").find(c) != std::string_view::npos;
}

std::string wish_of(const ForeignIdentity& identity) {
  std::string wish;
  for (const char c : identity.preferred_username) {
    if (is_name_character(c) && wish.size() < wish_length_max) wish += c;
  }
  return wish;
}

// Issuer and subject with a length between them: no two pairs give the same text.
std::string mark_of(const ForeignIdentity& identity) {
  const auto digest =
      crypto::sha256(fmt::format("{}:{}{}", identity.issuer.size(), identity.issuer, identity.subject));
  return crypto::to_hex(digest);
}

bool is_reserved(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower.empty() || parse_role(lower) || lower == "root" || lower == "system";
}

}  // namespace

std::vector<std::string> username_candidates(const ForeignIdentity& identity) {
  const auto wish = wish_of(identity);
  const auto mark = mark_of(identity);
  std::vector<std::string> names;
  if (!is_reserved(wish)) names.push_back(wish);
  for (const auto length : mark_lengths)
    names.push_back(fmt::format("{}-{}", wish.empty() ? "user" : wish, mark.substr(0, length)));
  return names;
}

}  // namespace xzepr::identity::oidc
