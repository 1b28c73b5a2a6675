// The one way to change the catalogue: decide on a snapshot, apply if the store is still at that revision,
// else look again and decide again. So each rule is decided once, here, and holds at the moment of the write
// on every node.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/catalogue.hpp"
#include "identity/principal.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "store/catalogue_store.hpp"

namespace xzepr::service {

/// What a request makes of a snapshot.
struct Decision {
  std::vector<store::CatalogueWrite> writes = {};  ///< empty: nothing to do
  std::vector<domain::JournalRow> journal = {};
  std::string answer = "{}";  ///< stored with the idempotency key, when there is one
};

/// Pure: called once per try, with the caller's rights as of the snapshot.
using Decide = std::function<Result<Decision>(const domain::Catalogue&, const identity::Principal&)>;

struct ChangePorts {
  store::CatalogueStore& store;
  store::EventStore& events;         ///< only to find an idempotency key's stored answer
  store::IdentityStore* identities;  ///< may be null: the caller's rights are then not read again
  Catalogue& catalogue;
};

struct ChangeRequest {
  identity::Permission permission;  ///< demanded of the caller at each try
  std::optional<store::IdempotencyClaim> claim = std::nullopt;
};

/// The answer stored by an earlier request with the same key, or nullopt when this one took effect.
using Replayed = std::optional<std::string>;

/// After it the catalogue's snapshot holds the change. A stored answer wins over a present refusal. Errors:
/// those of `decide` and of the store, "permission_denied", "idempotency_mismatch", "unavailable" when others
/// change it all the time. `context`, `ports`, `request` and `decide` must outlive the call.
[[nodiscard]] Task<Result<Replayed>> change_catalogue(const Context& context, const ChangePorts& ports,
                                                      const ChangeRequest& request, const Decide& decide);

inline constexpr int change_attempts_max = 100;

/// One try to apply `writes`, decided at `revision`: true when applied, and then the snapshot holds them;
/// false when the catalogue had moved on: decide again. An Error of the store.
[[nodiscard]] Task<Result<bool>> try_apply(Catalogue& catalogue, store::CatalogueStore& store,
                                           std::int64_t revision, std::vector<store::CatalogueWrite> writes,
                                           Deadline deadline);

/// A row about a receiver or group, caused by a request.
[[nodiscard]] domain::JournalRow request_row(IdSource& ids, domain::JournalKind kind, TimePoint now);

}  // namespace xzepr::service
