// What a person sees in the browser when a login at a provider did not work.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace xzepr::api::rest {

/// HTML with the status of the error. Nothing of the request is in it but its id: what a provider, or
/// whoever made the link, wrote into the query is not shown.
[[nodiscard]] http::Response login_error_page(const Error& error, std::string_view request_id);

}  // namespace xzepr::api::rest
