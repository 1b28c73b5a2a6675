#include "app/signing_key_source.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "app/private_file.hpp"
#include "base/error.hpp"
#include "identity/access_token.hpp"

namespace xzepr::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view retired_mark = "retired=";
constexpr std::string_view pem_begin = "-----BEGIN";
constexpr std::string_view pem_end = "-----END";
constexpr std::size_t previous_max = 32;

std::string text_at(const Config& config, const std::string& key) {
  const auto found = config.open.find(key);
  return found == config.open.end() ? std::string() : found->second;
}

crypto::SignatureKind wanted_kind(const Config& config) {
  if (config.jwt.algorithm == "ES256") return crypto::SignatureKind::p256_sha256;
  if (config.jwt.algorithm == "EdDSA") return crypto::SignatureKind::ed25519;
  return crypto::SignatureKind::rsa_sha256;
}

crypto::SignKey parse_signing_key(const std::string& pem, const std::string& where) {
  auto key = crypto::SignKey::from_pem(pem);
  if (key) return *std::move(key);
  throw Fault(Fault::Kind::refused,
              fmt::format("jwt.keys: {} holds {}: xzepr admin signing-key rotate makes a good one", where,
                          key.error()));
}

crypto::SignKey read_signing_key(const fs::path& path) {
  const auto pem = read_private(path);
  if (!pem) throw Fault(Fault::Kind::refused, "jwt.keys: " + pem.error());
  return parse_signing_key(*pem, path.string());
}

void write_key(const fs::path& path, const std::string& pem) {
  std::error_code ignored;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), ignored);
  if (!write_private(path, pem)) {
    throw Fault(Fault::Kind::refused,
                fmt::format("jwt.keys: {} cannot be written; make its folder writable", path.string()));
  }
}

TimePoint time_of(fs::file_time_type time) {
  return std::chrono::time_point_cast<TimePoint::duration>(fs::file_time_type::clock::to_sys(time));
}

fs::file_time_type changed_at(const SigningKeyFiles& files) {
  auto newest = fs::file_time_type::min();
  std::error_code error;
  for (const auto& path : {files.current, files.previous}) {
    const auto time = fs::last_write_time(path, error);
    if (!error) newest = std::max(newest, time);
  }
  return newest;
}

// "retired=1767225600" somewhere in the text before a key.
std::optional<TimePoint> retired_at(std::string_view text) {
  const auto at = text.rfind(retired_mark);
  if (at == text.npos) return std::nullopt;
  const auto digits = text.substr(at + retired_mark.size());
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (error != std::errc{}) return std::nullopt;
  return TimePoint{std::chrono::seconds{seconds}};
}

std::vector<identity::PreviousKey> read_previous(const fs::path& path, std::chrono::seconds grace,
                                                 TimePoint now) {
  std::vector<identity::PreviousKey> keys;
  if (!fs::exists(path)) return keys;
  const auto text = read_private(path);
  if (!text) throw Fault(Fault::Kind::refused, "jwt.keys: " + text.error());
  const auto written_at = time_of(fs::last_write_time(path));
  for (std::size_t from = 0; keys.size() < previous_max;) {
    const auto begin = text->find(pem_begin, from);
    if (begin == text->npos) break;
    const auto end = std::min(text->find(pem_begin, begin + 1), text->size());
    const auto until =
        retired_at(std::string_view(*text).substr(from, begin - from)).value_or(written_at) + grace;
    if (now < until)
      keys.push_back(
          {.key = parse_signing_key(text->substr(begin, end - begin), path.string()), .until = until});
    from = text->find(pem_end, begin);
    if (from == text->npos) break;
  }
  return keys;
}

std::chrono::seconds grace_of(const Config& config) {
  return std::chrono::seconds{config.jwt.access_token_expiration_seconds} + 2 * identity::token_leeway;
}

std::string retired_key(const crypto::SignKey& key, TimePoint at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  return fmt::format("{}{}\n{}", retired_mark, seconds, key.to_pem());
}

// The present key, now retired, and those before it whose grace is not over.
std::string retired_keys(const SigningKeyFiles& files, std::chrono::seconds grace, TimePoint now) {
  std::string text = retired_key(read_signing_key(files.current), now);
  for (const auto& [key, until] : read_previous(files.previous, grace, now))
    text += retired_key(key, until - grace);
  return text;
}

}  // namespace

std::optional<SigningKeyFiles> signing_key_files(const Config& config) {
  const auto file = text_at(config, "jwt.keys.file");
  const auto directory = text_at(config, "jwt.keys.directory");
  if (!file.empty()) return SigningKeyFiles{.current = file, .previous = file + ".previous"};
  if (!directory.empty()) {
    return SigningKeyFiles{.current = fs::path(directory) / "current.pem",
                           .previous = fs::path(directory) / "previous.pem"};
  }
  if (config.profile != Profile::development || !text_at(config, "jwt.keys.value").empty() ||
      has_keys_in_vault(config))
    return std::nullopt;
  constexpr std::string_view sqlite_scheme = "sqlite:";
  const bool is_sqlite = config.database.url.starts_with(sqlite_scheme);
  const fs::path folder =
      is_sqlite ? fs::path(config.database.url.substr(sqlite_scheme.size())).parent_path() : "xzepr-data";
  return SigningKeyFiles{.current = folder / "signing-key.pem",
                         .previous = folder / "signing-key.pem.previous"};
}

SigningKeySource::SigningKeySource(const Config& config, const Clock& clock, telemetry::Log& log)
    : config_(config), clock_(clock), log_(log), files_(signing_key_files(config)), started_at_(clock.now()) {
  if (files_ && config.profile == Profile::development && !fs::exists(files_->current))
    write_key(files_->current, crypto::SignKey::generate(wanted_kind(config)).to_pem());
  if (files_) read_at_ = changed_at(*files_);
  if (has_keys_in_vault(config)) vault_.emplace(config, grace_of(config), clock, log);
  keys_ = read();
}

std::shared_ptr<const identity::SigningKeys> SigningKeySource::read() const {
  const auto grace = grace_of(config_);
  if (files_) {
    return std::make_shared<identity::SigningKeys>(read_signing_key(files_->current),
                                                   read_previous(files_->previous, grace, clock_.now()));
  }
  if (vault_) return vault_->first_keys();
  const auto value = text_at(config_, "jwt.keys.value");
  if (value.empty()) return nullptr;
  std::vector<identity::PreviousKey> previous;
  if (const auto before = text_at(config_, "jwt.keys.previous_value"); !before.empty())
    previous.push_back(
        {.key = parse_signing_key(before, "jwt.keys.previous_value"), .until = started_at_ + grace});
  return std::make_shared<identity::SigningKeys>(parse_signing_key(value, "jwt.keys.value"),
                                                 std::move(previous));
}

identity::Asked SigningKeySource::reload(identity::SigningKeyRing& ring, identity::Look look) {
  if (vault_ && look == identity::Look::wanted) {
    vault_->look_soon();
    return identity::Asked::under_way;
  }
  const auto changed = files_ ? changed_at(*files_) : read_at_;
  if (changed == read_at_) return identity::Asked::answered;
  read_at_ = changed;
  try {
    keys_ = read();
    ring.put(keys_);
  } catch (const std::exception& error) {
    log_.error("identity", "the signing keys cannot be read again; those of before stay",
               {{"error", std::string_view(error.what())}});
  }
  return identity::Asked::answered;
}

void SigningKeySource::watch(identity::SigningKeyRing& ring) {
  if (vault_) vault_->watch([&ring](VaultSigningKeys::Keys keys) { ring.put(std::move(keys)); });
}

std::string rotate_signing_key(const Config& config, TimePoint now) {
  if (has_keys_in_vault(config)) {
    throw Fault(
        Fault::Kind::refused,
        "the signing key is in Vault: write a new one there (vault kv patch -mount=MOUNT PATH "
        "FIELD=@key.pem), and servers take it within vault.refresh_seconds, or at once after a SIGHUP");
  }
  const auto files = signing_key_files(config);
  if (!files) {
    throw Fault(Fault::Kind::refused,
                "jwt.keys.file is not set, so there is no key to rotate: set it to the path of a PEM file");
  }
  const auto fresh = crypto::SignKey::generate(wanted_kind(config));
  // The old key first: whoever reads between the two finds it in both places.
  if (fs::exists(files->current)) write_key(files->previous, retired_keys(*files, grace_of(config), now));
  write_key(files->current, fresh.to_pem());
  return identity::key_id(fresh);
}

}  // namespace xzepr::app
