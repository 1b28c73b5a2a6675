#include <filesystem>

#include "app/commands/administration.hpp"
#include "app/commands/load_config.hpp"
#include "app/commands/verbs.hpp"
#include "app/signing_key_source.hpp"
#include "base/time_text.hpp"
#include "identity/jws.hpp"

namespace xzepr::app {

namespace {

json::Value key_row(const crypto::SignKey& key, std::string_view state) {
  return json::Object{{"kid", identity::key_id(key)},
                      {"algorithm", identity::algorithm_name(key.kind())},
                      {"state", state},
                      {"until", nullptr}};
}

Result<std::shared_ptr<const identity::SigningKeys>> read_keys(const Config& config) {
  const SystemClock clock;
  telemetry::Log log(telemetry::Level::error, telemetry::LogFormat::text);
  auto keys = SigningKeySource(config, clock, log).keys();
  if (keys) return keys;
  return std::unexpected(Error{.kind = Errc::conflict,
                               .code = "tokens_unavailable",
                               .detail = "no signing key is configured",
                               .hint = "set jwt.keys.file, then: xzepr admin signing-key rotate"});
}

// Why the rotation is not in the audit log; null when it is.
json::Value audit_rotation(const Config& config, const std::string& kid) {
  constexpr std::string_view sqlite_scheme = "sqlite:";
  const std::string& url = config.database.url;
  if (url.starts_with(sqlite_scheme) && !std::filesystem::exists(url.substr(sqlite_scheme.size())))
    return "there is no database yet";
  try {
    Administration administration(config);
    service::AuditNote note{.action = identity::AuditAction::signing_key_rotated, .target = kid};
    note.detail = "made by the command line";
    administration.run(administration.record(std::move(note)));
    return nullptr;
  } catch (const Fault& fault) {
    return json::Value(fault.what());
  }
}

}  // namespace

Result<json::Value> signing_key_rotate(const cli::ConfigArguments& arguments) {
  const auto loaded = load_config(arguments);
  if (!loaded) return std::unexpected(loaded.error());
  return without_faults([&]() -> Result<json::Value> {
    const auto kid = rotate_signing_key(loaded->config, SystemClock{}.now());
    const auto keys = read_keys(loaded->config);
    if (!keys) return std::unexpected(keys.error());
    auto row = key_row((*keys)->current(), "current");
    row.get_object()["not_audited"] = audit_rotation(loaded->config, kid);
    return row;
  });
}

Result<json::Value> signing_key_list(const cli::ConfigArguments& arguments) {
  const auto loaded = load_config(arguments);
  if (!loaded) return std::unexpected(loaded.error());
  return without_faults([&]() -> Result<json::Value> {
    const auto keys = read_keys(loaded->config);
    if (!keys) return std::unexpected(keys.error());
    json::Array rows{key_row((*keys)->current(), "current")};
    for (const auto& [key, until] : (*keys)->previous()) {
      auto row = key_row(key, "previous");
      row.get_object()["until"] = to_string(until);
      rows.push_back(std::move(row));
    }
    return rows;
  });
}

}  // namespace xzepr::app
