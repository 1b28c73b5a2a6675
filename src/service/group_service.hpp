// Use cases of groups (gates): definition, members. One object per shard.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/group.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/page.hpp"
#include "store/catalogue_store.hpp"

namespace xzepr::service {

struct NewGroup {
  std::string name, type, version;
  std::string description = {};
  bool enabled = true;
  std::vector<std::string> receivers;  ///< each an id, name or name@version; one or more, no repeats
};
struct GroupUpdate {
  std::optional<std::string> description;
  std::optional<bool> enabled;
  std::optional<std::vector<std::string>> receivers;
  std::optional<std::string> name, type, version;
};
struct GroupFilter {
  std::optional<std::string> name, type, version, owner, q;
  std::optional<bool> enabled;
};
struct GroupCreated {
  domain::Group group;
  Change change = Change::created;
  Change first =
      Change::created;  ///< what the first answer said; differs from `change` only when that is `replayed`
};

struct MembersChanged {
  Change change = Change::created;
  std::int64_t resource_version = 0;  ///< the group's, after it
};

class GroupService {
 public:
  GroupService(store::CatalogueStore& store, store::IdentityStore& identities, store::EventStore& events,
               Catalogue& catalogue, const CursorCodec& cursors, IdSource& ids);

  /// Errors as for receivers: "group_exists", "receiver_unknown" (400, one violation per item),
  /// "group_too_large" (more than 200 receivers), "group_limit" (a receiver stands in 100 enabled groups
  /// already), "groups_too_many" (the caller owns 2,000).
  [[nodiscard]] Task<Result<GroupCreated>> create(const Context& context, NewGroup group,
                                                  std::optional<Idempotency> idempotency);
  [[nodiscard]] Task<Result<domain::Group>> get(const Context& context, std::string reference);
  [[nodiscard]] Task<Result<Page<domain::Group>>> list(const Context& context, GroupFilter filter,
                                                       PageRequest page);
  [[nodiscard]] Task<Result<domain::Group>> update(const Context& context, std::string reference,
                                                   GroupUpdate update, IfMatch if_match);
  /// Returns the version of its end.
  [[nodiscard]] Task<Result<std::int64_t>> remove(const Context& context, std::string reference,
                                                  IfMatch if_match);

  /// `member` is a user id, a username or "role:NAME"; "user_unknown" (400) when there is no such user. Only
  /// the owner or an administrator. Adding again is `unchanged`; removing an absent one "member_unknown"
  /// (404).
  [[nodiscard]] Task<Result<MembersChanged>> add_member(const Context& context, std::string reference,
                                                        std::string member, IfMatch if_match = {});
  [[nodiscard]] Task<Result<MembersChanged>> remove_member(const Context& context, std::string reference,
                                                           std::string member, IfMatch if_match = {});

 private:
  Task<Snapshot> present(const Context& context);
  Task<Result<std::int64_t>> change_members(
      const Context& context, const std::string& reference, const IfMatch& if_match,
      const std::function<Result<bool>(std::vector<domain::Subject>&)>& edit);

  store::CatalogueStore& store_;
  store::IdentityStore& identities_;
  store::EventStore& events_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
  IdSource& ids_;
};

}  // namespace xzepr::service
