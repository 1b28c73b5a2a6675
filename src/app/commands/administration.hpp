// A database opened for one administrative command, beside a running server or without one. Main thread only.
#pragma once

#include <memory>
#include <optional>

#include "app/commands/load_config.hpp"
#include "app/open_database.hpp"
#include "app/shards.hpp"
#include "service/identity_service.hpp"
#include "service/user_service.hpp"

namespace xzepr::app {

class Administration {
 public:
  /// Throws Fault with one line that says what to do.
  explicit Administration(const Config& config);
  ~Administration();
  Administration(const Administration&) = delete;
  Administration& operator=(const Administration&) = delete;

  [[nodiscard]] service::IdentityService& identities() { return *identities_; }
  [[nodiscard]] service::UserService& users() { return *users_; }
  /// A row of the audit log.
  [[nodiscard]] Task<> record(service::AuditNote note);
  /// The caller on the database's own machine, with a fresh deadline.
  [[nodiscard]] service::Context context() const;
  /// Runs a use case on the only shard and waits for it. Rethrows its Fault.
  template <class T>
  [[nodiscard]] T run(Task<T> task) {
    return shards_.run_on(0, std::move(task));
  }

 private:
  void open();

  SystemClock clock_;
  UlidSource ids_;
  telemetry::Log log_;
  telemetry::Metrics metrics_;
  service::Catalogue catalogue_;
  Shards shards_;
  std::unique_ptr<store::Database> database_;
  std::optional<service::CursorCodec> cursors_;
  service::PasswordHasher hasher_{1};
  store::SessionStore* sessions_ = nullptr;
  service::AuditLog audit_;
  std::optional<service::IdentityService> identities_;
  std::optional<service::UserService> users_;
};

/// Opens the configured database for `use`. A Fault of either is an Error.
template <class Use>
auto with_administration(const cli::ConfigArguments& arguments, Use use)
    -> decltype(use(std::declval<Administration&>())) {
  const auto loaded = load_config(arguments);
  if (!loaded) return std::unexpected(loaded.error());
  return without_faults([&] {
    Administration administration(loaded->config);
    return use(administration);
  });
}

[[nodiscard]] Result<identity::RoleSet> roles_of(const std::vector<std::string>& names);

}  // namespace xzepr::app
