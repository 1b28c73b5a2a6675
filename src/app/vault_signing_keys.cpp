#include "app/vault_signing_keys.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "identity/vault/client.hpp"
#include "identity/vault/renewer.hpp"
#include "identity/vault/signing_keys.hpp"

namespace xzepr::app {
namespace {

using namespace std::chrono_literals;
namespace vault = identity::vault;

constexpr auto look_pause_min = 500ms;  // whoever invents key ids makes Vault no busier than this
constexpr std::chrono::seconds pause_after_failure{5};

vault::Settings vault_settings(const Config& config) {
  auto settings = vault::read_settings(config.section("vault."));
  if (settings) return *std::move(settings);
  throw Fault(Fault::Kind::refused, "vault." + settings.error().front());
}

}  // namespace

bool has_keys_in_vault(const Config& config) { return !config.section("vault.").empty(); }

struct VaultSigningKeys::State {
  State(const Config& config, std::chrono::seconds grace_, const Clock& clock_, telemetry::Log& log_)
      : settings(vault_settings(config)), grace(grace_), clock(clock_), log(log_), client(settings) {}
  std::expected<Keys, std::string> read();
  std::chrono::seconds look();
  void work();

  const vault::Settings settings;
  const std::chrono::seconds grace;
  const Clock& clock;
  telemetry::Log& log;
  vault::Client client;
  Keys first;
  Taken taken;
  bool has_failed = false;  // of the thread
  std::mutex mutex;
  std::condition_variable changed;
  bool is_wanted = false;  // guarded by mutex
  bool is_ending = false;  // guarded by mutex
  std::optional<vault::Renewer> renewer;
  std::thread thread;
};

std::expected<VaultSigningKeys::Keys, std::string> VaultSigningKeys::State::read() {
  auto keys = vault::read_signing_keys(client, {settings.signing_key_path, settings.signing_key_field}, grace,
                                       clock.now());
  if (!keys) return std::unexpected(std::move(keys).error());
  return std::make_shared<const identity::SigningKeys>(*std::move(keys));
}

// How long until the next.
std::chrono::seconds VaultSigningKeys::State::look() {
  auto keys = read();
  if (keys) {
    if (std::exchange(has_failed, false)) log.info("vault", "the signing key is read again");
    taken(*std::move(keys));
    return settings.refresh;
  }
  if (!std::exchange(has_failed, true)) {
    log.error("vault", "the signing key cannot be read again; those of before stay",
              {{"error", std::string_view(keys.error())}});
  }
  return std::min(settings.refresh, pause_after_failure);
}

void VaultSigningKeys::State::work() {
  std::chrono::seconds pause = settings.refresh;
  auto looked_at = std::chrono::steady_clock::now() - look_pause_min;
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait_for(lock, pause, [this] { return is_ending || is_wanted; });
    changed.wait_until(lock, looked_at + look_pause_min, [this] { return is_ending; });
    if (is_ending) return;
    is_wanted = false;
    lock.unlock();
    looked_at = std::chrono::steady_clock::now();
    pause = look();
    lock.lock();
  }
}

VaultSigningKeys::VaultSigningKeys(const Config& config, std::chrono::seconds grace, const Clock& clock,
                                   telemetry::Log& log)
    : state_(std::make_unique<State>(config, grace, clock, log)) {
  auto keys = state_->read();
  if (!keys) throw Fault(Fault::Kind::unavailable, "there is no signing key from Vault: " + keys.error());
  state_->first = *std::move(keys);
}

VaultSigningKeys::~VaultSigningKeys() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
  }
  state_->changed.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
}

const VaultSigningKeys::Keys& VaultSigningKeys::first_keys() const { return state_->first; }

void VaultSigningKeys::watch(Taken taken) {
  state_->taken = std::move(taken);
  state_->renewer.emplace(state_->client, state_->log);
  state_->thread = std::thread([state = state_.get()] { state->work(); });
}

void VaultSigningKeys::look_soon() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_wanted = true;
  }
  state_->changed.notify_all();
}

}  // namespace xzepr::app
