// The most common passwords of 8 characters or more, lower case, one per line, sorted: from the frequency
// list of zxcvbn (copyright Daniel Wolf and Dropbox, MIT licence), in common_passwords.txt.
#pragma once

#include <string_view>

namespace xzepr::identity {

[[nodiscard]] std::string_view common_passwords();

}  // namespace xzepr::identity
