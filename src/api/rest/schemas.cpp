#include "api/rest/schemas.hpp"

#include "identity/role.hpp"

namespace xzepr::api::rest {

std::vector<NamedSchema> schemas() {
  std::vector<NamedSchema> all;
  for (const auto list :
       {event_schemas(), catalogue_schemas(), apply_schemas(), artifact_schemas(), identity_schemas(),
        user_schemas(), sink_schemas(), webhook_schemas(), health_schemas()}) {
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

json::Value role_list_schema(std::size_t min) {
  identity::RoleSet all;
  for (const auto role : identity::all_roles) all.add(role);
  return schema::list_of(schema::choice(identity::role_names(all)), min);
}

}  // namespace xzepr::api::rest
