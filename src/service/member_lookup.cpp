#include "service/member_lookup.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

std::unexpected<Error> user_unknown(std::string_view member) {
  Error error{.kind = Errc::invalid,
              .code = "user_unknown",
              .detail = fmt::format("there is no user {}", shown(member))};
  error.violations.push_back({.pointer = "/user_id", .keyword = "exists", .message = error.detail});
  error.hint = "a member is a user's id, a username, or role:NAME";
  error.field = "user_id";
  return std::unexpected(std::move(error));
}

}  // namespace

Task<Result<domain::Subject>> find_member(store::IdentityStore& identities, std::string member,
                                          Deadline deadline) {
  if (member.starts_with("role:")) {
    auto role = domain::parse_subject(member);
    if (!role)
      co_return invalid_field("user_id", "pattern", "role:NAME has 1 to 100 characters of A-Z a-z 0-9 _ . -");
    co_return *std::move(role);
  }
  std::optional<identity::User> user;
  if (const auto id = parse_id<UserId>(member)) user = co_await identities.find_user_by_id(*id, deadline);
  if (!user) {
    auto username = clean_text(member, {});
    if (!username) co_return user_unknown(member);
    user = co_await identities.find_user(*username, deadline);
  }
  if (!user) co_return user_unknown(member);
  co_return domain::subject_of(user->id);
}

}  // namespace xzepr::service
