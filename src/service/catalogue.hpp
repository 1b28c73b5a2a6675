// The catalogue of receivers and groups with its compiled schemas: one immutable snapshot per revision,
// shared by all shards of the process. Any thread may take the snapshot; a refresh runs on the calling shard.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/task.hpp"
#include "domain/catalogue.hpp"
#include "jsonschema/schema.hpp"
#include "store/catalogue_store.hpp"
#include "telemetry/log.hpp"

namespace xzepr::service {

class FieldFormatChecks;

struct CompiledCatalogue {
  /// Aliases into this snapshot, so it may be handed to the store as it is.
  [[nodiscard]] static std::shared_ptr<const domain::Catalogue> domain_of(
      const std::shared_ptr<const CompiledCatalogue>& compiled);

  /// A receiver without an entry in these has a stored schema that this binary cannot compile: its events are
  /// refused.
  std::unique_ptr<const domain::Catalogue> catalogue;
  std::unordered_map<ReceiverId, std::shared_ptr<const jsonschema::Schema>> schemas;
  std::unordered_map<ReceiverId, std::shared_ptr<const FieldFormatChecks>> formats;
};
using Snapshot = std::shared_ptr<const CompiledCatalogue>;

class Catalogue {
 public:
  explicit Catalogue(telemetry::Log& log);

  /// Never null; at revision -1 and empty before the first refresh.
  [[nodiscard]] Snapshot snapshot() const;
  /// Loads when the store is at another revision than the snapshot; a no-op otherwise. Throws Fault.
  [[nodiscard]] Task<> refresh(store::CatalogueStore& store, Deadline deadline);
  /// Loads until the snapshot is at least at `revision`.
  [[nodiscard]] Task<> refresh_to(std::int64_t revision, store::CatalogueStore& store, Deadline deadline);

 private:
  Task<> load(Snapshot before, store::CatalogueStore& store, Deadline deadline);
  Snapshot compile(store::CatalogueData data, const CompiledCatalogue& before) const;

  telemetry::Log& log_;
  mutable std::mutex mutex_;
  Snapshot snapshot_;  // guarded by mutex_; never null; schemas are reused from the one before by fingerprint
};

}  // namespace xzepr::service
