// Tickets: a page of a browser cannot give a WebSocket a header, and a key or token in its URL would be
// written down by proxies. A ticket in the URL opens one socket within 30 seconds, on any node, and is then
// worth nothing to whoever reads it (G16). One object per shard.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "service/session_service.hpp"

namespace xzepr::service {

inline constexpr std::size_t ticket_length = 43;  ///< of [0-9A-Za-z]: 256 bits
inline constexpr auto ticket_lifetime = std::chrono::seconds{30};

struct StreamTicket {
  std::string text;  ///< stored as a hash only
  TimePoint expires_at;
};

class StreamTickets {
 public:
  StreamTickets(SessionService& sessions, store::SessionStore& store, store::IdentityStore& identities)
      : sessions_(sessions), store_(store), identities_(identities) {}

  /// For the caller, who must have a credential.
  [[nodiscard]] Task<StreamTicket> issue(const Context& context);

  /// The one whom it was made for, with the rights of now and no longer than the credential that it was made
  /// with. "credentials_invalid", the same for a ticket that is unknown, used or over and a credential that
  /// has ended.
  [[nodiscard]] Task<Result<Caller>> authenticate(std::string_view ticket, TimePoint now, Deadline deadline);

  /// Has it the form of one? Asks nobody.
  [[nodiscard]] static bool may_be_genuine(std::string_view ticket);

 private:
  SessionService& sessions_;
  store::SessionStore& store_;
  store::IdentityStore& identities_;
};

}  // namespace xzepr::service
