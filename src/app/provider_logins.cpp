#include "app/provider_logins.hpp"

#include "identity/oidc/account.hpp"
#include "identity/oidc/settings.hpp"
#include "service/refusals.hpp"

namespace xzepr::app {
namespace {

namespace oidc = identity::oidc;

oidc::Settings settings_of(const Config& config) {
  auto settings = oidc::read_settings(provider_keys(config));
  if (!settings) throw Fault(Fault::Kind::refused, "oidc." + settings.error().front());
  return *std::move(settings);
}

// The stored accounts, with who asks for the audit log.
class AccountsOf final : public oidc::Accounts {
 public:
  AccountsOf(service::ProviderAccounts& accounts, const service::Context& context)
      : accounts_(accounts), context_(context) {}

  Task<std::optional<identity::User>> find_by_identity(std::string issuer, std::string subject,
                                                       Deadline deadline) override {
    co_return co_await accounts_.find(std::move(issuer), std::move(subject), deadline);
  }
  Task<oidc::Making> make(identity::User user, std::string issuer, std::string subject, Deadline) override {
    const auto made =
        co_await accounts_.make(context_, std::move(user), std::move(issuer), std::move(subject));
    switch (made) {
      case service::AccountMade::made: co_return oidc::Making::made;
      case service::AccountMade::name_taken: co_return oidc::Making::name_taken;
      case service::AccountMade::identity_taken: co_return oidc::Making::identity_taken;
    }
    std::unreachable();
  }
  Task<> set_roles(UserId user, identity::RoleSet roles, Deadline) override {
    co_await accounts_.set_roles(context_, user, roles);
  }

 private:
  service::ProviderAccounts& accounts_;
  const service::Context& context_;
};

}  // namespace

Provider::Provider(const Config& config, std::string_view shared_secret, telemetry::Log& log)
    : fetcher(settings_of(config).ca_file), party(settings_of(config), shared_secret, fetcher, log) {}

Task<Result<service::ProviderLoginStart>> OpenIdLogins::begin(std::string return_path, TimePoint now) {
  auto start = co_await party_.begin(std::move(return_path), now);
  if (!start) co_return std::unexpected(std::move(start).error());
  co_return service::ProviderLoginStart{.location = std::move(start->location),
                                        .cookie = std::move(start->cookie)};
}

Task<Result<service::ProviderLogin>> OpenIdLogins::finish(const service::Context& context,
                                                          service::ProviderAnswer answer,
                                                          std::string cookies) {
  oidc::Callback callback{.code = std::move(answer.code),
                          .state = std::move(answer.state),
                          .issuer = std::move(answer.issuer),
                          .error = std::move(answer.error)};
  auto end = co_await party_.finish(std::move(callback), std::move(cookies), context.now);
  if (!end) co_return std::unexpected(std::move(end).error());
  AccountsOf accounts(accounts_, context);
  auto user = co_await oidc::log_in_account(accounts, ids_, end->vouched, context.now, context.deadline);
  if (!user) co_return std::unexpected(std::move(user).error());
  co_return service::ProviderLogin{.user = *std::move(user),
                                   .team_roles = std::move(end->vouched.rights.team_roles),
                                   .return_path = std::move(end->return_path)};
}

Task<Result<service::ProviderBearer>> OpenIdLogins::verify(std::string token, TimePoint now,
                                                           Deadline deadline) {
  auto vouched = co_await party_.verify_bearer(std::move(token), now);
  if (!vouched) co_return std::unexpected(std::move(vouched).error());
  const service::Context context{.principal = nullptr, .deadline = deadline, .now = now, .request_id = {}};
  AccountsOf accounts(accounts_, context);
  auto user = co_await oidc::find_or_make_account(accounts, ids_, *vouched, now, deadline);
  // To a token it is all one: nobody learns that an account is disabled.
  if (!user) co_return std::unexpected(service::credentials_invalid());
  co_return service::ProviderBearer{.user = *std::move(user),
                                    .roles = vouched->rights.roles,
                                    .team_roles = std::move(vouched->rights.team_roles),
                                    .expires_at = vouched->identity.expires_at + oidc::leeway};
}

}  // namespace xzepr::app
