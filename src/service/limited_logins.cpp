#include "service/limited_logins.hpp"

#include <utility>

#include <fmt/format.h>

namespace xzepr::service {
namespace {

constexpr std::chrono::seconds first_row_after{1};
constexpr std::chrono::seconds row_period{60};
constexpr std::size_t limited_name_bytes_max = 255;

}  // namespace

void LimitedLogins::note(std::string_view address, std::string_view username, TimePoint now) {
  add(address, username, 1, now);
}

void LimitedLogins::give_back(const LimitedLogin& login, TimePoint now) {
  add(login.address, login.username, login.count, now);
}

void LimitedLogins::add(std::string_view address, std::string_view username, std::uint64_t count,
                        TimePoint now) {
  const std::lock_guard lock(mutex_);
  auto found = sources_.find(address);
  if (found == sources_.end() && sources_.size() >= sources_max) {
    address = {};
    username = {};
    found = sources_.find(address);
  }
  if (found == sources_.end()) {
    const LimitedLogin fresh{.address = std::string(address)};
    found = sources_.emplace(address, Source{.login = fresh, .due = now + first_row_after}).first;
  }
  found->second.login.count += count;
  const bool is_name = !username.empty() && username.size() <= limited_name_bytes_max;
  if (is_name) found->second.login.username = username;
}

std::vector<LimitedLogin> LimitedLogins::take_due(TimePoint now) {
  std::vector<LimitedLogin> due;
  const std::lock_guard lock(mutex_);
  std::erase_if(sources_,
                [now](const auto& one) { return now >= one.second.due && one.second.login.count == 0; });
  for (auto& [address, source] : sources_) {
    if (now < source.due) continue;
    due.push_back(source.login);
    source.login.count = 0;
    source.due = now + row_period;
  }
  return due;
}

std::vector<LimitedLogin> LimitedLogins::take_all() {
  std::vector<LimitedLogin> all;
  const std::lock_guard lock(mutex_);
  for (auto& [address, source] : sources_) {
    if (source.login.count > 0) all.push_back(std::move(source.login));
  }
  sources_.clear();
  return all;
}

Task<> write_limited_logins(AuditLog& audit, store::SessionStore& sessions, std::vector<LimitedLogin>& logins,
                            TimePoint now, Deadline deadline) {
  while (!logins.empty()) {
    const auto& login = logins.back();
    AuditNote note{.action = identity::AuditAction::login_limited,
                   .outcome = identity::AuditOutcome::refused,
                   .detail = fmt::format("refused by the rate limit: {}", login.count)};
    if (login.address.empty()) note.detail += ", from many other addresses";
    const Context context{
        .principal = nullptr, .deadline = deadline, .now = now, .request_id = {}, .address = login.address};
    auto entry = audit.entry(context, std::move(note));
    entry.username = login.username;
    co_await sessions.record(entry, deadline);
    audit.tell(entry);
    logins.pop_back();
  }
}

}  // namespace xzepr::service
