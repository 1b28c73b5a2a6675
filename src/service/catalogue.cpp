#include "service/catalogue.hpp"

#include "json/parse.hpp"
#include "service/field_formats.hpp"
#include "service/payload_schema.hpp"

namespace xzepr::service {
namespace {

// A stored schema was accepted once, and PostgreSQL may have spelled its numbers out since.
constexpr json::ParseLimits stored_limits{.depth_max = limits::json_depth_max,
                                          .big_integers = json::BigIntegers::read_as_double};

std::shared_ptr<const jsonschema::Schema> compile_schema(const domain::Receiver& receiver) {
  const auto value = json::parse(receiver.schema, stored_limits);
  if (!value) return nullptr;
  auto schema = jsonschema::Schema::compile(*value, payload_schemas);
  return schema ? *std::move(schema) : nullptr;
}

template <class T>
std::shared_ptr<const T> kept(const std::unordered_map<ReceiverId, std::shared_ptr<const T>>& known,
                              ReceiverId id) {
  const auto found = known.find(id);
  return found == known.end() ? nullptr : found->second;
}

}  // namespace

std::shared_ptr<const domain::Catalogue> CompiledCatalogue::domain_of(
    const std::shared_ptr<const CompiledCatalogue>& compiled) {
  return {compiled, compiled->catalogue.get()};
}

Catalogue::Catalogue(telemetry::Log& log) : log_(log) {
  // At a revision that no store has, so that the first refresh always loads.
  auto empty = std::make_shared<CompiledCatalogue>();
  empty->catalogue = std::make_unique<const domain::Catalogue>(-1, std::vector<domain::Receiver>(),
                                                               std::vector<domain::Group>());
  snapshot_ = std::move(empty);
}

Snapshot Catalogue::snapshot() const {
  const std::scoped_lock lock(mutex_);
  return snapshot_;
}

Task<> Catalogue::refresh(store::CatalogueStore& store, Deadline deadline) {
  const Snapshot before = snapshot();
  const std::int64_t revision = co_await store.revision(deadline);
  if (revision == before->catalogue->revision()) co_return;
  co_await load(before, store, deadline);
}

Task<> Catalogue::refresh_to(std::int64_t revision, store::CatalogueStore& store, Deadline deadline) {
  for (;;) {
    const Snapshot before = snapshot();
    if (before->catalogue->revision() >= revision) co_return;
    if (deadline.has_passed())
      throw Fault(Fault::Kind::unavailable, "the catalogue does not reach its revision in time");
    co_await load(before, store, deadline);
  }
}

Task<> Catalogue::load(Snapshot before, store::CatalogueStore& store, Deadline deadline) {
  store::CatalogueData data = co_await store.load(deadline);
  Snapshot loaded = compile(std::move(data), *before);
  const std::scoped_lock lock(mutex_);
  // Another shard may have loaded a newer one meanwhile; a lower revision counts only when nobody has (a
  // restore).
  const bool is_newer = loaded->catalogue->revision() > snapshot_->catalogue->revision();
  if (is_newer || snapshot_ == before) snapshot_ = std::move(loaded);
}

Snapshot Catalogue::compile(store::CatalogueData data, const CompiledCatalogue& before) const {
  auto out = std::make_shared<CompiledCatalogue>();
  out->catalogue = std::make_unique<const domain::Catalogue>(data.revision, std::move(data.receivers),
                                                             std::move(data.groups));
  for (const auto& receiver : out->catalogue->receivers()) {
    const auto* known = before.catalogue->find_receiver(receiver.id);
    const bool is_same = known != nullptr && known->fingerprint == receiver.fingerprint;
    auto schema = is_same ? kept(before.schemas, receiver.id) : nullptr;
    if (!schema) schema = compile_schema(receiver);
    std::vector<Violation> faults;
    auto formats = is_same ? kept(before.formats, receiver.id) : nullptr;
    if (!formats) formats = FieldFormatChecks::compile(receiver.field_formats, faults);
    if (!schema || !formats) {
      log_.error("service", "a stored receiver cannot be compiled; its events are refused",
                 {{"receiver_id", std::string_view(to_string(receiver.id))}});
      continue;
    }
    out->schemas.emplace(receiver.id, std::move(schema));
    out->formats.emplace(receiver.id, std::move(formats));
  }
  return out;
}

}  // namespace xzepr::service
