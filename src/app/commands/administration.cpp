#include "app/commands/administration.hpp"

namespace xzepr::app {

namespace {

constexpr auto command_timeout = std::chrono::seconds{30};

}  // namespace

Administration::Administration(const Config& config)
    : log_(telemetry::Level::error, telemetry::LogFormat::text),
      catalogue_(log_),
      shards_(1, log_),
      audit_(ids_, log_) {
  database_ = open_database(config, {.purpose = Purpose::administrate, .shards = 1}, log_, metrics_);
  try {
    open();
  } catch (...) {
    // The destructor does not run for what was not constructed; the writer and the shard must end all the
    // same.
    database_->stop();
    shards_.stop(command_timeout);
    throw;
  }
}

Administration::~Administration() {
  database_->stop();
  shards_.stop(command_timeout);
}

void Administration::open() {
  const store::Ports ports = database_->open_shard(shards_.loop(0));
  database_->start();
  shards_.run();
  const auto deadline = Deadline::after(command_timeout);
  shards_.run_on(0, catalogue_.refresh(*ports.catalogue, deadline));
  sessions_ = ports.sessions;
  cursors_.emplace(shards_.run_on(0, ports.identities->shared_secret(deadline)));
  identities_.emplace(*ports.identities, *ports.catalogue, catalogue_, *cursors_, ids_, log_);
  users_.emplace(*ports.identities, *ports.sessions, *ports.catalogue, catalogue_, *cursors_, hasher_, ids_,
                 log_);
}

Task<> Administration::record(service::AuditNote note) {
  return audit_.record(*sessions_, context(), std::move(note));
}

service::Context Administration::context() const {
  return {.principal = service::IdentityService::local_admin(),
          .deadline = Deadline::after(command_timeout),
          .now = clock_.now(),
          .request_id = "command line"};
}

Result<identity::RoleSet> roles_of(const std::vector<std::string>& names) {
  identity::RoleSet roles;
  for (const std::string& name : names) {
    const auto role = identity::parse_role(name);
    if (!role) return invalid_field("roles", "enum", "must be admin, event_manager, event_viewer or user");
    roles.add(*role);
  }
  return roles;
}

}  // namespace xzepr::app
