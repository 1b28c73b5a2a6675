// Logins that a rate limit refused, on their way to the audit log: counted for each source, so that an attack
// writes a row per source and minute, not a row per try. Of at most `sources_max` sources at a time; what
// comes from others meanwhile is one count without an address. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "service/audit_log.hpp"
#include "store/session_store.hpp"

namespace xzepr::service {

struct LimitedLogin {
  std::string address;      ///< "": of many sources
  std::string username;     ///< the last that was tried; "" when it was not read
  std::uint64_t count = 0;  ///< since the last row of this source
};

class LimitedLogins {
 public:
  static constexpr std::size_t sources_max = 100;

  void note(std::string_view address, std::string_view username, TimePoint now);
  /// What could not be written counts again.
  void give_back(const LimitedLogin& login, TimePoint now);
  /// What a row is due of: the first of a source a moment after it was noted, then once a minute.
  [[nodiscard]] std::vector<LimitedLogin> take_due(TimePoint now);
  /// All that was noted since the last rows.
  [[nodiscard]] std::vector<LimitedLogin> take_all();

 private:
  void add(std::string_view address, std::string_view username, std::uint64_t count, TimePoint now);

  struct Source {
    LimitedLogin login;
    TimePoint due;  ///< of the next row
  };

  std::mutex mutex_;
  std::map<std::string, Source, std::less<>> sources_;  // guarded by mutex_
};

/// Writes a row for each of `logins`. What a Fault leaves unwritten stays in it.
[[nodiscard]] Task<> write_limited_logins(AuditLog& audit, store::SessionStore& sessions,
                                          std::vector<LimitedLogin>& logins, TimePoint now,
                                          Deadline deadline);

}  // namespace xzepr::service
