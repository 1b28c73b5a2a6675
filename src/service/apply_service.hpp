// Gates as code: a set of documents becomes the receivers and groups that they describe, all in one change of
// the catalogue or not at all. One object per shard.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/apply_plan.hpp"
#include "service/context.hpp"
#include "store/catalogue_store.hpp"

namespace xzepr::service {

inline constexpr std::size_t apply_documents_max = 1'000;
/// Different ones, each of which is looked up in the store.
inline constexpr std::size_t apply_members_max = 1'000;

enum class ApplyMode : std::uint8_t { apply, dry_run };
enum class Prune : std::uint8_t { no, yes };

struct ApplyRequest {
  std::vector<Document> documents;
  ApplyMode mode = ApplyMode::apply;
  Prune prune = Prune::no;
};
struct Applied {
  std::vector<AppliedObject> objects;
  bool is_replayed = false;
};

/// The stored answer of a set that was applied with an idempotency key; fields, before and after are not in
/// it.
[[nodiscard]] std::string encode_applied(const std::vector<AppliedObject>& objects);
[[nodiscard]] std::optional<std::vector<AppliedObject>> decode_applied(std::string_view text);

class ApplyService {
 public:
  ApplyService(store::CatalogueStore& store, store::IdentityStore& identities, store::EventStore& events,
               Catalogue& catalogue, IdSource& ids);

  /// What each document did, in order, then what was pruned. A dry run decides the same and stores nothing,
  /// its key neither; its objects have before and after. Errors: all that are wrong at once, violations below
  /// /documents/N, as their own routes would say them.
  [[nodiscard]] Task<Result<Applied>> apply(const Context& context, ApplyRequest request,
                                            std::optional<Idempotency> idempotency);

 private:
  struct Set;

  Task<> check(const Context& context, std::vector<Document> documents, Set& set);
  Task<> find_members(const Context& context, Set& set);
  Task<> look_at_events(const Context& context, Set& set);
  Task<Result<Applied>> change(const Context& context, const Set& set,
                               const std::optional<Idempotency>& idempotency);
  Task<Result<Applied>> try_out(const Context& context, const Set& set);

  store::CatalogueStore& store_;
  store::IdentityStore& identities_;
  store::EventStore& events_;
  Catalogue& catalogue_;
  IdSource& ids_;
};

}  // namespace xzepr::service
