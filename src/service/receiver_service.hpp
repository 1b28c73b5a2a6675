// Use cases of event receivers. One object per shard.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/receiver.hpp"
#include "json/value.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/page.hpp"
#include "store/catalogue_store.hpp"

namespace xzepr::service {

struct NewReceiver {
  std::string name, type, version;
  std::string description = {};
  json::Value schema = json::Object{};
  domain::FieldFormats field_formats = {};
  bool enabled = true;
};
/// What a PUT or PATCH may change; left out: kept.
struct ReceiverUpdate {
  std::optional<std::string> description;
  std::optional<json::Value> schema;
  std::optional<domain::FieldFormats> field_formats;
  std::optional<bool> enabled;
  // PUT may repeat these; another value than the receiver's is refused ("field_fixed").
  std::optional<std::string> name, type, version;
};
struct ReceiverFilter {
  std::optional<std::string> name, type, version, owner, q;
  std::optional<bool> enabled;
};

struct ReceiverCreated {
  domain::Receiver receiver;
  Change change = Change::created;
  Change first =
      Change::created;  ///< what the first answer said; differs from `change` only when that is `replayed`
};

class ReceiverService {
 public:
  /// With `identities`, the caller's rights are read again when the catalogue has moved on since they were.
  ReceiverService(store::CatalogueStore& store, store::EventStore& events, Catalogue& catalogue,
                  const CursorCodec& cursors, IdSource& ids, store::IdentityStore* identities = nullptr);

  /// The identical receiver again is `unchanged`; the same triple with other content "receiver_exists";
  /// "schema_invalid" with the places; "receivers_too_many" when the caller owns 10,000.
  [[nodiscard]] Task<Result<ReceiverCreated>> create(const Context& context, NewReceiver receiver,
                                                     std::optional<Idempotency> idempotency);
  /// By id, name or name@version; "receiver_unknown" when absent or not visible.
  [[nodiscard]] Task<Result<domain::Receiver>> get(const Context& context, std::string reference);
  [[nodiscard]] Task<Result<Page<domain::Receiver>>> list(const Context& context, ReceiverFilter filter,
                                                          PageRequest page);
  /// "precondition_failed" when the receiver has a version that `if_match` does not name.
  [[nodiscard]] Task<Result<domain::Receiver>> update(const Context& context, std::string reference,
                                                      ReceiverUpdate update, IfMatch if_match);
  /// "receiver_in_use" when it has events or stands in a group. Returns the version of its end.
  [[nodiscard]] Task<Result<std::int64_t>> remove(const Context& context, std::string reference,
                                                  IfMatch if_match);
  /// The violations of a payload; empty when valid. Stores nothing.
  [[nodiscard]] Task<Result<std::vector<Violation>>> validate(const Context& context, std::string reference,
                                                              json::Value payload);

 private:
  Task<Snapshot> present(const Context& context);

  store::CatalogueStore& store_;
  store::EventStore& events_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
  IdSource& ids_;
  store::IdentityStore* identities_;
};

}  // namespace xzepr::service
