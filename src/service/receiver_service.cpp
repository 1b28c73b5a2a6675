#include "service/receiver_service.hpp"

#include <fmt/format.h>

#include "domain/word_search.hpp"
#include "json/object_reader.hpp"
#include "service/catalogue_change.hpp"
#include "service/catalogue_list.hpp"
#include "service/catalogue_writes.hpp"
#include "service/filter.hpp"
#include "service/idempotency.hpp"
#include "service/lookup.hpp"
#include "service/owner_quota.hpp"
#include "service/receiver_check.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

QueryText query_text(const identity::Principal& principal, const ReceiverFilter& filter) {
  QueryText out("receivers", principal.user_id);
  out.add("name", filter.name).add("type", filter.type).add("version", filter.version);
  out.add("owner", filter.owner).add("q", filter.q).add("enabled", filter.enabled);
  return out;
}

/// The receiver that the caller may change, as it is in this snapshot.
Result<domain::Receiver> changeable_receiver(const domain::Catalogue& catalogue,
                                             const identity::Principal& caller, std::string_view reference,
                                             const IfMatch& if_match) {
  auto found = visible_receiver(caller, catalogue, reference);
  if (!found) return std::unexpected(std::move(found).error());
  const domain::Receiver& receiver = **found;
  if (!identity::may_change(caller, receiver.owner))
    return std::unexpected(not_owner("receiver", receiver.name));
  if (!admits(if_match, receiver.resource_version)) {
    return std::unexpected(precondition_failed("receiver", receiver.resource_version));
  }
  return receiver;
}

/// `receiver` is what shall exist; `out` becomes what exists after the change.
Result<Decision> decide_create(const domain::Catalogue& catalogue, const domain::Receiver& receiver,
                               IdSource& ids, ReceiverCreated& out) {
  Decision decision;
  const auto* present = catalogue.find_receiver(receiver.name, receiver.type, receiver.version);
  if (present != nullptr && present->fingerprint != receiver.fingerprint) {
    return std::unexpected(
        conflict("receiver_exists",
                 fmt::format("there is a receiver {} {} with other content", receiver.name, receiver.version),
                 fmt::format("give it another version, or change the receiver {}", to_string(present->id))));
  }
  if (present != nullptr) {
    out = {.receiver = *present, .change = Change::unchanged, .first = Change::unchanged};
    decision.answer = encode_change({.id = present->id.value, .change = Change::unchanged});
    return decision;
  }
  auto within_quota = check_receiver_quota(count_owned(catalogue.receivers(), receiver.owner) + 1);
  if (!within_quota) return std::unexpected(std::move(within_quota).error());
  out = {.receiver = receiver, .change = Change::created, .first = Change::created};
  add_created(decision, receiver, ids);
  decision.answer = encode_change({.id = receiver.id.value, .change = Change::created});
  return decision;
}

Result<Decision> decide_update(const domain::Receiver& present, const CheckedReceiverUpdate& update,
                               TimePoint now, IdSource& ids, domain::Receiver& out) {
  Decision decision;
  auto updated = apply_update(present, update);
  if (!updated) return std::unexpected(std::move(updated).error());
  out = present;
  if (updated->fingerprint == present.fingerprint && updated->enabled == present.enabled) return decision;
  out = add_updated(decision, present, *std::move(updated), now, ids);
  return decision;
}

Result<Decision> decide_remove(const domain::Catalogue& catalogue, domain::Receiver present, TimePoint now,
                               IdSource& ids) {
  const auto groups = catalogue.groups_of(present.id);
  if (!groups.empty()) {
    return std::unexpected(conflict("receiver_in_use",
                                    fmt::format("the receiver {} stands in {} group{}", present.name,
                                                groups.size(), groups.size() == 1 ? "" : "s"),
                                    fmt::format("xzepr receiver disable {}", present.name)));
  }
  Decision decision;
  add_removed(decision, std::move(present), now, ids);
  return decision;
}

ReceiverCreated replayed_receiver(std::string_view answer, const domain::Catalogue& catalogue) {
  const auto stored = decode_change(answer);
  if (!stored) throw Fault(Fault::Kind::corrupt, "a stored answer cannot be read");
  ReceiverCreated out{.receiver = {}, .change = Change::replayed, .first = stored->change};
  const auto* receiver = catalogue.find_receiver(ReceiverId{stored->id});
  if (receiver != nullptr) out.receiver = *receiver;
  out.receiver.id = ReceiverId{stored->id};  // also when it was deleted since: the answer names what was made
  return out;
}

}  // namespace

ReceiverService::ReceiverService(store::CatalogueStore& store, store::EventStore& events,
                                 Catalogue& catalogue, const CursorCodec& cursors, IdSource& ids,
                                 store::IdentityStore* identities)
    : store_(store),
      events_(events),
      catalogue_(catalogue),
      cursors_(cursors),
      ids_(ids),
      identities_(identities) {}

Task<Snapshot> ReceiverService::present(const Context& context) {
  co_await catalogue_.refresh(store_, context.deadline);
  co_return catalogue_.snapshot();
}

Task<Result<ReceiverCreated>> ReceiverService::create(const Context& context, NewReceiver receiver,
                                                      std::optional<Idempotency> idempotency) {
  auto allowed = identity::require(*context.principal, identity::Permission::receiver_create);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  auto checked = check_receiver(receiver);
  if (!checked) co_return std::unexpected(std::move(checked).error());
  checked->id = ReceiverId{ids_.next(context.now)};
  checked->owner = domain::subject_of(context.principal->user_id);
  checked->created_at = checked->updated_at = context.now;

  ReceiverCreated out;
  const ChangePorts ports{store_, events_, identities_, catalogue_};
  const ChangeRequest request{identity::Permission::receiver_create, claim_of(context, idempotency)};
  const Decide decide = [&](const domain::Catalogue& catalogue, const identity::Principal&) {
    return decide_create(catalogue, *checked, ids_, out);
  };
  auto changed = co_await change_catalogue(context, ports, request, decide);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  if (*changed) {
    const Snapshot snapshot = co_await present(context);
    co_return replayed_receiver(**changed, *snapshot->catalogue);
  }
  co_return out;
}

Task<Result<domain::Receiver>> ReceiverService::get(const Context& context, std::string reference) {
  auto allowed = identity::require(*context.principal, identity::Permission::receiver_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  const Snapshot snapshot = co_await present(context);
  auto found = visible_receiver(*context.principal, *snapshot->catalogue, reference);
  if (!found) co_return std::unexpected(std::move(found).error());
  co_return **found;
}

Task<Result<Page<domain::Receiver>>> ReceiverService::list(const Context& context, ReceiverFilter filter,
                                                           PageRequest page) {
  const auto& principal = *context.principal;
  auto allowed = identity::require(principal, identity::Permission::receiver_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  const QueryText text = query_text(principal, filter);
  auto after = id_position_of<ReceiverId>(page, cursors_, text);
  if (!after) co_return std::unexpected(std::move(after).error());
  std::vector<Violation> faults;
  clean_search(filter.q, faults);
  if (!faults.empty()) co_return std::unexpected(json::request_invalid(std::move(faults)));
  const Snapshot snapshot = co_await present(context);
  const auto& catalogue = *snapshot->catalogue;
  const domain::WordSearch search(filter.q.value_or(""));
  co_return page_of(
      catalogue.receivers(), *after, page, cursors_, text, [&](const domain::Receiver& receiver) {
        return passes(filter, search, receiver) && identity::may_see(principal, receiver, catalogue);
      });
}

Task<Result<domain::Receiver>> ReceiverService::update(const Context& context, std::string reference,
                                                       ReceiverUpdate update, IfMatch if_match) {
  auto allowed = identity::require(*context.principal, identity::Permission::receiver_update);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  auto checked = check_receiver_update(update);
  if (!checked) co_return std::unexpected(std::move(checked).error());

  domain::Receiver out;
  const ChangePorts ports{store_, events_, identities_, catalogue_};
  const ChangeRequest request{identity::Permission::receiver_update};
  const Decide decide = [&](const domain::Catalogue& catalogue,
                            const identity::Principal& caller) -> Result<Decision> {
    auto present = changeable_receiver(catalogue, caller, reference, if_match);
    if (!present) return std::unexpected(std::move(present).error());
    return decide_update(*present, *checked, context.now, ids_, out);
  };
  auto changed = co_await change_catalogue(context, ports, request, decide);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  co_return out;
}

Task<Result<std::int64_t>> ReceiverService::remove(const Context& context, std::string reference,
                                                   IfMatch if_match) {
  auto allowed = identity::require(*context.principal, identity::Permission::receiver_delete);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  std::int64_t version = 0;
  const ChangePorts ports{store_, events_, identities_, catalogue_};
  const ChangeRequest request{identity::Permission::receiver_delete};
  const Decide decide = [&](const domain::Catalogue& catalogue,
                            const identity::Principal& caller) -> Result<Decision> {
    auto present = changeable_receiver(catalogue, caller, reference, if_match);
    if (!present) return std::unexpected(std::move(present).error());
    version = present->resource_version + 1;
    return decide_remove(catalogue, *std::move(present), context.now, ids_);
  };
  auto changed = co_await change_catalogue(context, ports, request, decide);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  co_return version;
}

Task<Result<std::vector<Violation>>> ReceiverService::validate(const Context& context, std::string reference,
                                                               json::Value payload) {
  auto allowed = identity::require(*context.principal, identity::Permission::receiver_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  const Snapshot snapshot = co_await present(context);
  auto found = visible_receiver(*context.principal, *snapshot->catalogue, reference);
  if (!found) co_return std::unexpected(std::move(found).error());
  const auto schema = snapshot->schemas.find((*found)->id);
  if (schema == snapshot->schemas.end())
    co_return unavailable("the receiver's schema cannot be used by this server");
  co_return schema->second->validate(payload, "/payload");
}

}  // namespace xzepr::service
