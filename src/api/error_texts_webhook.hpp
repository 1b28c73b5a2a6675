// The texts of what webhooks refuse. Part of error_texts.cpp.
#pragma once

#include <array>

#include "api/error_texts.hpp"

namespace xzepr::api {

inline constexpr auto webhook_texts = std::to_array<ErrorText>({
    {"delivery_unknown", "No such delivery",
     "The webhook has no delivery with this id, or it was finished so long ago that it was removed.",
     "GET /api/v1/webhooks/{id}/deliveries lists them.", "there is no delivery 01JE4Q8Z5X8R4B1T6V0N2M3K7D"},
    {"webhook_disabled", "The webhook is disabled",
     "Somebody disabled it, or it failed for so long that the server did: disabled_reason tells.",
     "Enable it: PATCH /api/v1/webhooks/{id} with {\"enabled\": true}.", "the webhook deploy is disabled"},
    {"webhook_exists", "There is a webhook of that name", "Names of webhooks are unique.",
     "Give it another name, or change the one that is there.", "there is already a webhook of this name"},
    {"webhook_unknown", "No such webhook", "There is no webhook with this id or name.",
     "GET /api/v1/webhooks lists them.", "there is no webhook deploy"},
    {"webhooks_too_many", "There are too many webhooks", "A server has at most 200 webhooks.",
     "Delete one that nobody needs: GET /api/v1/webhooks lists them.",
     "there are 200 webhooks, which is the most"},
});

}  // namespace xzepr::api
