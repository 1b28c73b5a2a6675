// What a change of one receiver or group writes and journals. Pure; single changes and apply share it.
#pragma once

#include "base/ulid.hpp"
#include "domain/group.hpp"
#include "domain/receiver.hpp"
#include "service/catalogue_change.hpp"

namespace xzepr::service {

void add_created(Decision& decision, const domain::Receiver& receiver, IdSource& ids);
void add_created(Decision& decision, const domain::Group& group, IdSource& ids);

/// `updated` becomes the version after `present`, and is returned as it is written.
domain::Receiver add_updated(Decision& decision, const domain::Receiver& present, domain::Receiver updated,
                             TimePoint now, IdSource& ids);
domain::Group add_updated(Decision& decision, const domain::Group& present, domain::Group updated,
                          TimePoint now, IdSource& ids);

void add_removed(Decision& decision, domain::Receiver present, TimePoint now, IdSource& ids);
void add_removed(Decision& decision, domain::Group present, TimePoint now, IdSource& ids);

}  // namespace xzepr::service
