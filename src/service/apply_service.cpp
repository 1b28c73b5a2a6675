#include "service/apply_service.hpp"

#include <utility>

#include <fmt/format.h>

#include "json/parse.hpp"
#include "json/write.hpp"
#include "service/idempotency.hpp"
#include "service/member_lookup.hpp"
#include "service/refusals.hpp"
#include "service/rights.hpp"

namespace xzepr::service {
namespace {

// An event that comes between the look and the change is seen at the next try.
constexpr int prune_attempts_max = 3;

// Compiling the schemas of a large set must not keep the shard's other requests waiting.
constexpr std::size_t checks_between_pauses = 20;

Error too_many(std::string_view what, std::size_t most) {
  return Error{.kind = Errc::too_large,
               .code = "documents_too_many",
               .detail = fmt::format("a set has at most {} {}", most, what),
               .hint = "apply it in parts"};
}

std::string text_of(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(json::view(*text));
}

std::optional<AppliedObject> decode_object(const json::Value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  const auto id = parse_ulid(text_of(*object, "id"));
  const auto change = parse_object_change(text_of(*object, "change"));
  if (!id || !change) return std::nullopt;
  AppliedObject out{.change = *change, .id = *id};
  if (const auto* document = object->if_contains("document"); document != nullptr && document->is_int64())
    out.document = static_cast<std::size_t>(document->get_int64());
  out.kind =
      text_of(*object, "kind") == to_string(ObjectKind::group) ? ObjectKind::group : ObjectKind::receiver;
  out.name = text_of(*object, "name");
  out.type = text_of(*object, "type");
  out.version = text_of(*object, "version");
  return out;
}

}  // namespace

std::string encode_applied(const std::vector<AppliedObject>& objects) {
  json::Array list;
  for (const auto& object : objects) {
    json::Object one{{"kind", to_string(object.kind)},
                     {"change", to_string(object.change)},
                     {"id", to_string(object.id)},
                     {"name", object.name},
                     {"type", object.type},
                     {"version", object.version}};
    if (object.document) one["document"] = static_cast<std::int64_t>(*object.document);
    list.push_back(std::move(one));
  }
  return json::write(json::Object{{"objects", std::move(list)}});
}

std::optional<std::vector<AppliedObject>> decode_applied(std::string_view text) {
  const auto value = json::parse(text);
  const auto* root = value ? value->if_object() : nullptr;
  const auto* list = root == nullptr ? nullptr : root->if_contains("objects");
  if (list == nullptr || !list->is_array()) return std::nullopt;
  std::vector<AppliedObject> objects;
  for (const auto& item : list->get_array()) {
    auto object = decode_object(item);
    if (!object) return std::nullopt;
    objects.push_back(*std::move(object));
  }
  return objects;
}

// All that does not change from try to try.
struct ApplyService::Set {
  std::vector<CheckedDocument> documents;
  KnownMembers members = {};
  Prune prune = Prune::no;
  PruneFacts facts = {};

  [[nodiscard]] PlanInput input(const domain::Catalogue& catalogue, const identity::Principal& caller,
                                TimePoint now, ShowDocuments show) const {
    return {.catalogue = catalogue,
            .caller = caller,
            .documents = documents,
            .members = members,
            .prune = prune == Prune::yes ? &facts : nullptr,
            .now = now,
            .show = show};
  }
};

ApplyService::ApplyService(store::CatalogueStore& store, store::IdentityStore& identities,
                           store::EventStore& events, Catalogue& catalogue, IdSource& ids)
    : store_(store), identities_(identities), events_(events), catalogue_(catalogue), ids_(ids) {}

Task<Result<Applied>> ApplyService::apply(const Context& context, ApplyRequest request,
                                          std::optional<Idempotency> idempotency) {
  if (request.documents.size() > apply_documents_max)
    co_return std::unexpected(too_many("documents", apply_documents_max));
  Set set{.documents = {}, .prune = request.prune};
  co_await check(context, std::move(request.documents), set);
  co_await find_members(context, set);
  if (set.members.size() > apply_members_max)
    co_return std::unexpected(too_many("different members", apply_members_max));
  for (int attempt = 1;; ++attempt) {
    if (set.prune == Prune::yes) co_await look_at_events(context, set);
    if (request.mode == ApplyMode::dry_run) co_return co_await try_out(context, set);
    auto applied = co_await change(context, set, idempotency);
    const bool has_new_events =
        !applied && set.prune == Prune::yes && applied.error().code == "receiver_in_use";
    if (!has_new_events || attempt == prune_attempts_max) co_return applied;
  }
}

Task<> ApplyService::check(const Context& context, std::vector<Document> documents, Set& set) {
  for (auto& document : documents) {
    set.documents.push_back(check_document(std::move(document), context, ids_));
    if (set.documents.size() % checks_between_pauses == 0)
      co_await sleep_for(std::chrono::steady_clock::duration::zero());
  }
  refuse_repeated(set.documents);
}

Task<> ApplyService::find_members(const Context& context, Set& set) {
  for (const auto& document : set.documents) {
    const auto* group = document.content ? std::get_if<CheckedGroup>(&*document.content) : nullptr;
    if (group == nullptr) continue;
    for (const auto& member : group->members) {
      if (set.members.size() > apply_members_max) co_return;
      if (set.members.contains(member)) continue;
      auto found = co_await find_member(identities_, member, context.deadline);
      set.members.emplace(member, std::move(found));
    }
  }
}

Task<> ApplyService::look_at_events(const Context& context, Set& set) {
  co_await catalogue_.refresh(store_, context.deadline);
  const Snapshot snapshot = catalogue_.snapshot();
  set.facts = {};
  for (const auto id : receivers_to_look_at(*snapshot->catalogue, *context.principal, set.documents)) {
    store::EventQuery query;
    query.receivers = std::vector{id};
    query.limit = 1;
    const auto events = co_await events_.list(std::move(query), context.deadline);
    if (events.empty()) set.facts.without_events.insert(id);
  }
}

Task<Result<Applied>> ApplyService::try_out(const Context& context, const Set& set) {
  co_await catalogue_.refresh(store_, context.deadline);
  const Snapshot snapshot = catalogue_.snapshot();
  const auto caller = co_await caller_at(context, snapshot->catalogue->revision(), &identities_);
  if (!caller) co_return std::unexpected(caller.error());
  auto plan =
      plan_documents(set.input(*snapshot->catalogue, **caller, context.now, ShowDocuments::yes), ids_);
  if (!plan) co_return std::unexpected(std::move(plan).error());
  co_return Applied{.objects = std::move(plan->objects)};
}

Task<Result<Applied>> ApplyService::change(const Context& context, const Set& set,
                                           const std::optional<Idempotency>& idempotency) {
  Applied applied;
  const ChangePorts ports{store_, events_, &identities_, catalogue_};
  // Each object demands its own permission.
  const ChangeRequest request{identity::Permission::authenticated, claim_of(context, idempotency)};
  const Decide decide = [&](const domain::Catalogue& catalogue,
                            const identity::Principal& caller) -> Result<Decision> {
    auto plan = plan_documents(set.input(catalogue, caller, context.now, ShowDocuments::no), ids_);
    if (!plan) return std::unexpected(std::move(plan).error());
    applied.objects = std::move(plan->objects);
    plan->decision.answer = encode_applied(applied.objects);
    return std::move(plan->decision);
  };
  auto changed = co_await change_catalogue(context, ports, request, decide);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  if (!*changed) co_return applied;
  auto stored = decode_applied(**changed);
  if (!stored) throw Fault(Fault::Kind::corrupt, "a stored answer cannot be read");
  co_return Applied{.objects = *std::move(stored), .is_replayed = true};
}

}  // namespace xzepr::service
