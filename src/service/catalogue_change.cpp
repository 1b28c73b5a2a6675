#include "service/catalogue_change.hpp"

#include "service/refusals.hpp"
#include "service/rights.hpp"

namespace xzepr::service {
namespace {

Task<Result<Replayed>> stored_answer_or(Error refusal, const Context& context, const ChangePorts& ports,
                                        const ChangeRequest& request) {
  if (!request.claim) co_return std::unexpected(std::move(refusal));
  auto stored = co_await ports.events.find_replay(*request.claim, context.deadline);
  if (!stored) co_return std::unexpected(std::move(stored).error());
  if (!*stored) co_return std::unexpected(std::move(refusal));
  co_return Replayed(**std::move(stored));
}

Result<Decision> decide_as(const Caller& caller, const Snapshot& snapshot, const ChangeRequest& request,
                           const Decide& decide) {
  auto allowed = identity::require(*caller, request.permission);
  if (!allowed) return std::unexpected(std::move(allowed).error());
  return decide(*snapshot->catalogue, *caller);
}

}  // namespace

domain::JournalRow request_row(IdSource& ids, domain::JournalKind kind, TimePoint now) {
  domain::JournalRow row;
  row.id = ids.next(now);
  row.kind = kind;
  row.cause = domain::JournalCause::request;
  row.at = now;
  return row;
}

Task<Result<Replayed>> change_catalogue(const Context& context, const ChangePorts& ports,
                                        const ChangeRequest& request, const Decide& decide) {
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    co_await ports.catalogue.refresh(ports.store, context.deadline);
    const Snapshot snapshot = ports.catalogue.snapshot();
    const std::int64_t revision = snapshot->catalogue->revision();
    auto caller = co_await caller_at(context, revision, ports.identities);
    if (!caller) co_return std::unexpected(std::move(caller).error());

    auto decision = decide_as(*caller, snapshot, request, decide);
    if (!decision) {
      Error refusal = std::move(decision).error();
      co_return co_await stored_answer_or(std::move(refusal), context, ports, request);
    }
    // Nothing to do is applied all the same when there is a key: its answer must be stored, or the next body
    // under the same key would not be refused.
    if (decision->writes.empty() && !request.claim) co_return Replayed();

    store::CatalogueChange change{.expected_revision = revision,
                                  .writes = std::move(decision->writes),
                                  .journal = std::move(decision->journal),
                                  .claim = request.claim,
                                  .answer = std::move(decision->answer),
                                  .deadline = context.deadline};
    store::CatalogueOutcome outcome = co_await ports.store.apply(std::move(change));
    if (const auto* applied = std::get_if<store::CatalogueApplied>(&outcome)) {
      co_await ports.catalogue.refresh_to(applied->revision, ports.store, context.deadline);
      co_return Replayed();
    }
    if (auto* replayed = std::get_if<store::CatalogueReplayed>(&outcome))
      co_return Replayed(std::move(replayed->answer));
    if (auto* error = std::get_if<Error>(&outcome)) co_return std::unexpected(std::move(*error));
  }
  co_return std::unexpected(catalogue_too_busy());
}

Task<Result<bool>> try_apply(Catalogue& catalogue, store::CatalogueStore& store, std::int64_t revision,
                             std::vector<store::CatalogueWrite> writes, Deadline deadline) {
  store::CatalogueChange change{.expected_revision = revision,
                                .writes = std::move(writes),
                                .journal = {},
                                .claim = std::nullopt,
                                .answer = {},
                                .deadline = deadline};
  auto outcome = co_await store.apply(std::move(change));
  if (auto* error = std::get_if<Error>(&outcome)) co_return std::unexpected(std::move(*error));
  const auto* applied = std::get_if<store::CatalogueApplied>(&outcome);
  if (applied == nullptr) co_return false;
  co_await catalogue.refresh_to(applied->revision, store, deadline);
  co_return true;
}

}  // namespace xzepr::service
