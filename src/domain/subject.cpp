#include "domain/subject.hpp"

#include <algorithm>

namespace xzepr::domain {
namespace {

constexpr std::string_view role_prefix = "role:";

bool is_role_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-';
}

}  // namespace

Subject subject_of(UserId user) { return {.text = to_string(user)}; }

std::optional<Subject> parse_subject(std::string_view text) {
  if (text.starts_with(role_prefix)) {
    const auto name = text.substr(role_prefix.size());
    if (name.empty() || name.size() > 100 || !std::ranges::all_of(name, is_role_character))
      return std::nullopt;
    return Subject{.text = std::string(text)};
  }
  const auto user = parse_id<UserId>(text);
  if (!user) return std::nullopt;
  return subject_of(*user);
}

}  // namespace xzepr::domain
