// Who may own or be a member: a user by id, or a role by name, so that teams outlive people.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/ulid.hpp"

namespace xzepr::domain {

/// Text form: the user's ULID, or "role:NAME".
struct Subject {
  std::string text;

  friend auto operator<=>(const Subject&, const Subject&) = default;
};

[[nodiscard]] Subject subject_of(UserId user);
/// nullopt unless it is a ULID or "role:" and 1 to 100 characters of [A-Za-z0-9_.-].
[[nodiscard]] std::optional<Subject> parse_subject(std::string_view text);

}  // namespace xzepr::domain
