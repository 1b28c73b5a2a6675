#include "store/postgres/connector.hpp"

#include <poll.h>

#include <array>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/deadline.hpp"

namespace xzepr::store::postgres {
namespace {

struct Setting {
  const char* name;
  const char* value;
};

// jit: the price put on a forbidden scan would make every plan look worth compiling.
// enable_seqscan: a plan made while a table was empty must not become a scan when it is large.
constexpr std::array common_settings{
    Setting{"default_transaction_isolation", "read committed"},
    Setting{"jit", "off"},
    Setting{"max_parallel_workers_per_gather", "0"},
    Setting{"enable_seqscan", "off"},
    Setting{"enable_hashjoin", "off"},
    Setting{"enable_mergejoin", "off"},
};
constexpr std::array read_settings{
    Setting{"statement_timeout", "30s"},
    Setting{"lock_timeout", "10s"},
};
// idle_in_transaction_session_timeout: a node that stalls while it holds the head must not hold the others.
constexpr std::array write_settings{
    Setting{"synchronous_commit", "on"}, Setting{"idle_in_transaction_session_timeout", "1s"},
    Setting{"statement_timeout", "10s"}, Setting{"lock_timeout", "5s"},
    Setting{"enable_bitmapscan", "off"}, Setting{"plan_cache_mode", "force_generic_plan"},
};
constexpr std::array catalogue_settings{
    Setting{"synchronous_commit", "on"},
    Setting{"idle_in_transaction_session_timeout", "1s"},
    Setting{"statement_timeout", "60s"},
    Setting{"lock_timeout", "10s"},
};

std::vector<Setting> settings_of(SessionKind kind) {
  std::vector<Setting> settings(common_settings.begin(), common_settings.end());
  const auto add = [&settings](const auto& more) {
    settings.insert(settings.end(), more.begin(), more.end());
  };
  switch (kind) {
    case SessionKind::read: add(read_settings); break;
    case SessionKind::write: add(write_settings); break;
    case SessionKind::catalogue: add(catalogue_settings); break;
  }
  return settings;
}

ConnectionHandle begin_connect(const std::string& url) {
  // What stands before "dbname" may be overridden by the URL.
  constexpr std::array<const char*, 7> names{"fallback_application_name",
                                             "tcp_user_timeout",
                                             "keepalives_idle",
                                             "dbname",
                                             "client_encoding",
                                             nullptr,
                                             nullptr};
  const std::array<const char*, 7> values{"xzepr", "10000", "30", url.c_str(), "UTF8", nullptr, nullptr};
  ConnectionHandle handle(PQconnectStartParams(names.data(), values.data(), 1));
  // libpq would write the server's notices to stderr, past the log.
  if (handle) PQsetNoticeProcessor(handle.get(), [](void*, const char*) {}, nullptr);
  return handle;
}

short events_for(PostgresPollingStatusType status) {
  return status == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
}

bool wait_for(int descriptor, short events, Deadline deadline, const std::stop_token& stop) {
  constexpr int slice_ms = 50;
  while (!deadline.has_passed() && !stop.stop_requested()) {
    pollfd entry{.fd = descriptor, .events = events, .revents = 0};
    if (poll(&entry, 1, slice_ms) > 0) return true;
  }
  return false;
}

// Empty when connected, else why not.
std::string finish_connect(pg_conn* connection, std::chrono::milliseconds timeout,
                           const std::stop_token& stop) {
  const auto deadline = Deadline::after(timeout);
  auto status = PGRES_POLLING_WRITING;
  while (PQstatus(connection) != CONNECTION_BAD) {
    if (status == PGRES_POLLING_OK) return {};
    if (!wait_for(PQsocket(connection), events_for(status), deadline, stop)) return "no connection in time";
    status = PQconnectPoll(connection);
    if (status == PGRES_POLLING_FAILED) break;
  }
  return message_of(connection);
}

std::string apply_settings(pg_conn* connection, SessionKind kind) {
  const ResultHandle result(PQexec(connection, settings_sql(kind).c_str()));
  return PQresultStatus(result.get()) == PGRES_TUPLES_OK ? std::string() : message_of(connection);
}

// The server's own words say what is wrong; the rest says what to do.
std::string advice_for(std::string_view message) {
  const auto says = [message](std::string_view words) {
    return message.find(words) != std::string_view::npos;
  };
  if (says("password authentication failed") || says("no password supplied"))
    return "check user and password in database.url";
  if (says("does not exist")) return "create the database or role, or correct database.url";
  if (says("too many clients") || says("remaining connection slots"))
    return "raise max_connections of the server or lower database.max_connections";
  if (says("could not translate host name")) return "correct the host in database.url";
  if (says("starting up") || says("shutting down")) return "wait until the server accepts connections";
  return "check database.url and that the server runs";
}

}  // namespace

std::string settings_sql(SessionKind kind) {
  std::string sql;
  for (const auto& setting : settings_of(kind))
    sql += fmt::format("{}set_config('{}', '{}', false)", sql.empty() ? "SELECT " : ", ", setting.name,
                       setting.value);
  return sql;
}

std::string shown_url(const std::string& url) {
  const auto scheme = url.find("://");
  const auto at = url.rfind('@');
  if (scheme == std::string::npos || at == std::string::npos || at < scheme) {
    return url.find("password") == std::string::npos ? url : std::string("database.url");
  }
  const auto colon = url.find(':', scheme + 3);
  if (colon == std::string::npos || colon > at) return url;
  return url.substr(0, colon) + ":***" + url.substr(at);
}

ConnectionHandle connect_plainly(const std::string& url, std::chrono::milliseconds timeout) {
  auto handle = begin_connect(url);
  if (!handle) throw Fault(Fault::Kind::unavailable, "PostgreSQL: out of memory");
  const auto why = finish_connect(handle.get(), timeout, std::stop_token{});
  if (why.empty()) return handle;
  throw Fault(Fault::Kind::unavailable,
              fmt::format("cannot connect to {}: {}: {}", shown_url(url), why, advice_for(why)));
}

Connector::Connector(std::string url, std::chrono::milliseconds timeout)
    : url_(std::move(url)),
      timeout_(timeout),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

Connector::~Connector() = default;

void Connector::open(SessionKind kind, Done done) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back({kind, std::move(done)});
  }
  changed_.notify_one();
}

void Connector::serve(const std::stop_token& stop) {
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return !requests_.empty(); });
    if (requests_.empty()) return;
    auto request = std::move(requests_.front());
    requests_.pop_front();
    lock.unlock();
    request.done(attempt(request.kind, stop));
  }
}

Connector::Opened Connector::attempt(SessionKind kind, const std::stop_token& stop) const {
  auto handle = begin_connect(url_);
  if (!handle) return std::string("out of memory");
  auto why = finish_connect(handle.get(), timeout_, stop);
  if (why.empty()) why = apply_settings(handle.get(), kind);
  if (!why.empty()) return why;
  if (PQsetnonblocking(handle.get(), 1) != 0 || PQenterPipelineMode(handle.get()) != 1)
    return message_of(handle.get());
  return handle;
}

}  // namespace xzepr::store::postgres
