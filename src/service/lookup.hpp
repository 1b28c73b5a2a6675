// Finding receivers and groups in a snapshot as a caller names them, within what the caller may see. Pure.
// The pointers live as long as the snapshot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/artifact.hpp"
#include "domain/catalogue.hpp"
#include "identity/principal.hpp"

namespace xzepr::service {

/// By id, "name" or "name@version" (the newest enabled, else the newest). Null when absent.
[[nodiscard]] const domain::Receiver* find_receiver(const domain::Catalogue& catalogue,
                                                    std::string_view reference);
[[nodiscard]] const domain::Group* find_group(const domain::Catalogue& catalogue, std::string_view reference);

/// As above; 404 "receiver_unknown" or "group_unknown" when absent or not visible.
[[nodiscard]] Result<const domain::Receiver*> visible_receiver(const identity::Principal& principal,
                                                               const domain::Catalogue& catalogue,
                                                               std::string_view reference);
[[nodiscard]] Result<const domain::Group*> visible_group(const identity::Principal& principal,
                                                         const domain::Catalogue& catalogue,
                                                         std::string_view reference);

/// For a filter: all receivers with this id, this name (every version), or this "name@version".
[[nodiscard]] std::vector<ReceiverId> matching_receivers(const domain::Catalogue& catalogue,
                                                         std::string_view reference);

/// A filter's text in the form in which it is stored; a violation is added for what can never match.
void clean_filter(std::optional<std::string>& value, std::string_view field, std::size_t length_max,
                  std::vector<Violation>& faults);
/// The `q` of a list: as clean_filter, but it may be empty, and then matches everything.
void clean_search(std::optional<std::string>& value, std::vector<Violation>& faults);
/// The five fields of a pattern in their stored form; "request_invalid" for what can never match.
[[nodiscard]] Result<domain::ArtifactPattern> clean_pattern(domain::ArtifactPattern pattern);
/// The artifact, when the pattern gives all five fields.
[[nodiscard]] std::optional<domain::Artifact> artifact_of(const domain::ArtifactPattern& pattern);

}  // namespace xzepr::service
