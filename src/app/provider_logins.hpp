// The OpenID Connect provider of this server (`oidc.*`), joined to the accounts that are stored.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/provider_keys.hpp"
#include "identity/oidc/fetch.hpp"
#include "identity/oidc/relying_party.hpp"
#include "service/provider_accounts.hpp"
#include "service/provider_logins.hpp"
#include "telemetry/log.hpp"

namespace xzepr::app {

/// What the shards share: one client of the provider per process. Any thread.
struct Provider {
  /// `config` must be one without provider_problems; `shared_secret` is the same on every node.
  Provider(const Config& config, std::string_view shared_secret, telemetry::Log& log);

  identity::oidc::HttpFetcher fetcher;
  identity::oidc::RelyingParty party;
};

/// One object per shard.
class OpenIdLogins final : public service::ProviderLogins {
 public:
  /// `accounts` is the shard's.
  OpenIdLogins(Provider& provider, service::ProviderAccounts accounts, IdSource& ids)
      : party_(provider.party), accounts_(std::move(accounts)), ids_(ids) {}

  [[nodiscard]] Task<Result<service::ProviderLoginStart>> begin(std::string return_path,
                                                                TimePoint now) override;
  [[nodiscard]] Task<Result<service::ProviderLogin>> finish(const service::Context& context,
                                                            service::ProviderAnswer answer,
                                                            std::string cookies) override;
  [[nodiscard]] std::string clear_cookie() const override { return party_.clear_cookie(); }
  [[nodiscard]] bool is_meant(std::string_view token) const override { return party_.is_meant(token); }
  [[nodiscard]] Task<Result<service::ProviderBearer>> verify(std::string token, TimePoint now,
                                                             Deadline deadline) override;

 private:
  identity::oidc::RelyingParty& party_;
  service::ProviderAccounts accounts_;
  IdSource& ids_;
};

}  // namespace xzepr::app
