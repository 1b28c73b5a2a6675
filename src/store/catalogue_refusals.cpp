#include "store/catalogue_refusals.hpp"

namespace xzepr::store {

Error receiver_in_use() {
  return {.kind = Errc::conflict,
          .code = "receiver_in_use",
          .detail = "the receiver has events or stands in a group",
          .hint = "disable it instead"};
}

Error identity_exists() {
  return {.kind = Errc::conflict,
          .code = "identity_exists",
          .detail = "the provider's account belongs to another user"};
}

Error webhook_exists() {
  return {.kind = Errc::conflict,
          .code = "webhook_exists",
          .detail = "there is already a webhook of this name",
          .hint = "give it another name, or change the one that is there"};
}

}  // namespace xzepr::store
