#include "app/banner.hpp"

#include <fmt/format.h>

#include "app/config/load.hpp"
#include "app/config/show.hpp"

namespace xzepr::app {
namespace {

std::string key_line(const std::optional<std::string>& key) {
  if (!key)
    return "  Admin key  made at the first start; lost? stop the server and run: xzepr admin key create "
           "--user admin\n";
  return fmt::format("  Admin key  {}   (shown once)\n", *key);
}

std::string certificate_line(const Config& config) {
  if (!config.server.tls_cert_file.empty()) return {};
  return fmt::format(
      "  HTTPS      trust it with: export XZEPR_CA_FILE={}/certificate.pem   (curl: --cacert)\n",
      local_certificate_folder(config));
}

std::string try_lines(std::string_view base, const std::optional<std::string>& key) {
  return fmt::format(
      "  Try        export XZEPR_URL={} XZEPR_API_KEY={}\n"
      "             xzepr receiver create build --type dev.example.build --version 1\n"
      "             xzepr event post build my-app 1.0.0\n",
      base, key.value_or("<your key>"));
}

}  // namespace

std::string development_banner(const Config& config, const BannerFacts& facts) {
  const bool is_https = serves_https(config);
  const auto base = fmt::format("{}://{}:{}", is_https ? "https" : "http", config.server.host, facts.port);
  return fmt::format(
             "  XZepr {}                                             development server, not for production\n"
             "  REST       {}/api/v1                 docs: {}/docs\n"
             "  Health     {}/health\n"
             "  Storage    {} ({}, kept between runs)\n",
             XZEPR_VERSION, base, base, base, mask_url(config.database.url), facts.store_kind) +
         (is_https ? certificate_line(config) : std::string()) + key_line(facts.admin_key) +
         try_lines(base, facts.admin_key);
}

}  // namespace xzepr::app
