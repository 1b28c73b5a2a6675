// What a set of documents makes of one snapshot of the catalogue: the writes, and what happens to each
// object. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "service/apply_documents.hpp"
#include "service/catalogue_change.hpp"

namespace xzepr::service {

enum class ObjectKind : std::uint8_t { receiver, group };
[[nodiscard]] std::string_view to_string(ObjectKind kind);

/// deleted, disabled and kept are of objects that no document names; kept stands in an enabled gate that
/// stays.
enum class ObjectChange : std::uint8_t { created, changed, unchanged, deleted, disabled, kept };
[[nodiscard]] std::string_view to_string(ObjectChange change);
[[nodiscard]] std::optional<ObjectChange> parse_object_change(std::string_view text);

struct AppliedObject {
  std::optional<std::size_t> document = std::nullopt;  ///< its place in the set; absent: pruned
  ObjectKind kind = ObjectKind::receiver;
  ObjectChange change = ObjectChange::unchanged;
  Ulid id = {};
  std::string name, type, version;
  std::vector<std::string> fields = {};              ///< that differ, when changed
  std::optional<json::Value> before = std::nullopt;  ///< as documents, only when asked for
  std::optional<json::Value> after = std::nullopt;

  friend bool operator==(const AppliedObject&, const AppliedObject&) = default;
};

/// What is pruned: what the caller owns and no document names. Receivers whose events were not looked for
/// count as having some: they are disabled, not deleted.
struct PruneFacts {
  std::unordered_set<ReceiverId> without_events = {};
};

enum class ShowDocuments : std::uint8_t { no, yes };

struct PlanInput {
  const domain::Catalogue& catalogue;
  const identity::Principal& caller;
  const std::vector<CheckedDocument>& documents;
  const KnownMembers& members;
  const PruneFacts* prune;  ///< null: nothing is pruned
  TimePoint now;
  ShowDocuments show = ShowDocuments::no;
};

struct Plan {
  Decision decision;                   ///< without its answer
  std::vector<AppliedObject> objects;  ///< the documents in order, then what is pruned
};

/// Every object demands what its own route demands: *_create, *_update and ownership, *_delete, or *_read
/// when it is unchanged. All faults of all documents at once.
[[nodiscard]] Result<Plan> plan_documents(const PlanInput& input, IdSource& ids);

/// What pruning would look at: the receivers whose events decide, when these documents are applied by the
/// caller.
[[nodiscard]] std::vector<ReceiverId> receivers_to_look_at(const domain::Catalogue& catalogue,
                                                           const identity::Principal& caller,
                                                           const std::vector<CheckedDocument>& documents);

}  // namespace xzepr::service
