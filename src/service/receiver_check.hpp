// The rules of one receiver's content: text cleaned, schema and field formats compiled once to see that they
// can be. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "domain/receiver.hpp"
#include "service/receiver_service.hpp"

namespace xzepr::service {

/// Name, type and version of a receiver or group, in their stored form.
struct Triple {
  std::string name;
  std::string type;
  std::string version;
};
[[nodiscard]] Triple clean_triple(const Triple& asked, std::vector<Violation>& faults);
[[nodiscard]] std::string clean_description(std::string_view text, std::vector<Violation>& faults);

/// The content, the fingerprint and `enabled`; id, owner, version and times are the caller's to set. All
/// faults at once: "schema_invalid" when only the schema is at fault (pointers below /schema), else
/// "request_invalid".
[[nodiscard]] Result<domain::Receiver> check_receiver(const NewReceiver& asked);

/// What an update asks for, checked without knowing the receiver; left out: kept.
struct CheckedReceiverUpdate {
  std::optional<std::string> description;
  std::optional<std::string> schema;  ///< JSON text
  std::optional<domain::FieldFormats> field_formats;
  std::optional<bool> enabled;
  std::optional<std::string> name, type, version;
};
[[nodiscard]] Result<CheckedReceiverUpdate> check_receiver_update(const ReceiverUpdate& asked);

/// The receiver as the update makes it, with its new fingerprint; "field_fixed". resource_version is not
/// touched.
[[nodiscard]] Result<domain::Receiver> apply_update(const domain::Receiver& receiver,
                                                    const CheckedReceiverUpdate& update);

/// Which of name, type and version an update asks to change.
[[nodiscard]] std::vector<std::string> changed_fixed_fields(const Triple& present,
                                                            const std::optional<std::string>& name,
                                                            const std::optional<std::string>& type,
                                                            const std::optional<std::string>& version);

}  // namespace xzepr::service
