#include "identity/oidc/provider.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "identity/oidc/refusal.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr auto key_lifetime_min = std::chrono::seconds{60};
constexpr auto key_lifetime_max = std::chrono::seconds{86'400};
constexpr auto key_lifetime_standard = std::chrono::seconds{3'600};
constexpr auto turn_pause = std::chrono::milliseconds{20};

Task<Result<http::ClientResponse>> fetch_document(Fetcher& fetcher, std::string url, std::string_view what) {
  auto answer = co_await fetcher.fetch(json_request(std::move(url)));
  if (answer && answer->status != 200)
    co_return provider_unavailable(fmt::format("the provider answers {} for {}", answer->status, what));
  co_return answer;
}

}  // namespace

std::chrono::seconds key_lifetime(std::string_view cache_control) {
  constexpr std::string_view name = "max-age=";
  const auto at = cache_control.find(name);
  if (at == std::string_view::npos) return key_lifetime_standard;
  const auto digits = cache_control.substr(at + name.size());
  std::int64_t seconds = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (read.ec == std::errc::result_out_of_range) return key_lifetime_max;
  if (read.ec != std::errc{}) return key_lifetime_standard;
  return std::clamp(std::chrono::seconds{seconds}, key_lifetime_min, key_lifetime_max);
}

Provider::Provider(std::string issuer, Fetcher& fetcher) : issuer_(std::move(issuer)), fetcher_(fetcher) {}

// The one who asks; whatever ends it, the others go on.
struct Provider::Turn {
  explicit Turn(Provider& of) : provider(of) {}
  ~Turn() {
    const std::lock_guard lock(provider.mutex_);
    provider.is_loading_ = false;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  Provider& provider;
};

Task<> Provider::wait_for_turn() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (!std::exchange(is_loading_, true)) co_return;
    }
    co_await sleep_for(turn_pause);
  }
}

void Provider::end_turn(const Result<Shown>& loaded, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (loaded) shown_ = *loaded;
  if (!loaded) failed_at_ = now;
}

Task<Result<Provider::Shown>> Provider::load_keys(Discovery discovery, TimePoint now) {
  const auto answer = co_await fetch_document(fetcher_, discovery.jwks_uri, "its keys");
  if (!answer) co_return std::unexpected(answer.error());
  auto keys = parse_keys(answer->body);
  if (!keys) co_return std::unexpected(keys.error());
  co_return std::make_shared<const ProviderState>(
      ProviderState{.discovery = std::move(discovery),
                    .keys = *std::move(keys),
                    .expires_at = now + key_lifetime(answer->header("cache-control"))});
}

Task<Result<Provider::Shown>> Provider::load(TimePoint now) {
  const auto answer = co_await fetch_document(fetcher_, discovery_url(issuer_), "its discovery document");
  if (!answer) co_return std::unexpected(answer.error());
  auto discovery = parse_discovery(answer->body, issuer_);
  if (!discovery) co_return std::unexpected(discovery.error());
  co_return co_await load_keys(*std::move(discovery), now);
}

Task<Result<Provider::Shown>> Provider::get(TimePoint now) {
  {
    const std::lock_guard lock(mutex_);
    if (shown_ && shown_->expires_at > now) co_return shown_;
  }
  co_await wait_for_turn();
  const Turn turn(*this);
  {
    const std::lock_guard lock(mutex_);
    if (shown_ && shown_->expires_at > now) co_return shown_;  // somebody else was faster
    if (failed_at_ != TimePoint{} && now < failed_at_ + failure_pause)
      co_return provider_unavailable("the provider gave no answer a moment ago");
  }
  auto loaded = co_await load(now);
  end_turn(loaded, now);
  co_return loaded;
}

bool Provider::may_ask_for_unknown_kid(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (unknown_kid_at_ != TimePoint{} && now < unknown_kid_at_ + unknown_kid_pause) return false;
  unknown_kid_at_ = now;
  return true;
}

Task<Result<Provider::Shown>> Provider::refresh(TimePoint now) {
  co_await wait_for_turn();
  const Turn turn(*this);
  Shown present;
  {
    const std::lock_guard lock(mutex_);
    present = shown_;
  }
  auto loaded = co_await load_keys(present->discovery, now);
  if (loaded) end_turn(loaded, now);
  co_return loaded ? loaded : present;  // what was good is good still, until its time is over
}

Task<Result<std::optional<json::Value>>> Provider::read_token(const TokenParts& parts, TimePoint now) {
  auto state = co_await get(now);
  if (!state) co_return std::unexpected(state.error());
  auto trust = check_signature(parts, (*state)->keys);
  const bool asks_again = trust == Trust::key_unknown || (trust == Trust::forged && parts.header.kid.empty());
  if (asks_again && may_ask_for_unknown_kid(now)) {
    state = co_await refresh(now);
    if (!state) co_return std::unexpected(state.error());
    trust = check_signature(parts, (*state)->keys);
  }
  if (trust != Trust::genuine) co_return std::nullopt;
  co_return parse_claims(parts);
}

}  // namespace xzepr::identity::oidc
