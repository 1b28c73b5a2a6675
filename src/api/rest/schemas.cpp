#include "api/rest/schemas.hpp"

namespace xzepr::api::rest {

std::vector<NamedSchema> schemas() {
  std::vector<NamedSchema> all;
  for (const auto list : {event_schemas(), catalogue_schemas(), apply_schemas(), artifact_schemas(),
                          identity_schemas(), user_schemas(), health_schemas()}) {
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

}  // namespace xzepr::api::rest
