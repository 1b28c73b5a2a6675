#include "app/tls.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "app/config/load.hpp"
#include "app/private_file.hpp"
#include "base/error.hpp"
#include "base/time_text.hpp"
#include "crypto/local_certificate.hpp"

namespace xzepr::app {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto watch_period = 5s;
constexpr std::chrono::days renew_before{7};

void write_tls_file(const fs::path& path, const std::string& text) {
  if (write_private(path, text)) return;
  throw Fault(Fault::Kind::refused,
              fmt::format("TLS: {} cannot be written; make its folder writable or set server.tls.cert_file",
                          path.string()));
}

bool is_good_for_a_while(const http::TlsFiles& files, TimePoint now) {
  if (!fs::exists(files.certificate) || !fs::exists(files.key)) return false;
  try {
    return http::TlsCertificate(files).expires_at() > now + renew_before;
  } catch (const Fault&) {
    return false;
  }
}

http::TlsFiles local_files(const Config& config, TimePoint now) {
  const auto folder = local_certificate_folder(config);
  http::TlsFiles files{.certificate = folder + "/certificate.pem", .key = folder + "/key.pem"};
  if (is_good_for_a_while(files, now)) return files;
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  const auto made = crypto::make_local_certificate(now);
  write_tls_file(files.key, made.key);
  write_tls_file(files.certificate, made.certificate);
  return files;
}

}  // namespace

std::shared_ptr<http::TlsCertificate> open_certificate(const Config& config, TimePoint now) {
  if (!serves_https(config)) return nullptr;
  const bool is_local = config.server.tls_cert_file.empty() && config.profile == Profile::development;
  const auto files = is_local ? local_files(config, now)
                              : http::TlsFiles{.certificate = config.server.tls_cert_file,
                                               .key = config.server.tls_key_file};
  return std::make_shared<http::TlsCertificate>(files);
}

void reload_certificate(http::TlsCertificate& certificate, telemetry::Log& log) {
  if (!certificate.reload()) return;
  const auto until = to_string(certificate.expires_at());
  log.info("app", "the certificate was renewed", {{"expires_at", std::string_view(until)}});
}

Task<> watch_certificate(std::shared_ptr<http::TlsCertificate> certificate, telemetry::Log& log,
                         telemetry::Metrics& metrics) {
  auto expiry = metrics.gauge("xzepr_tls_certificate_expiry_timestamp_seconds",
                              "When the certificate of this server ends, in seconds since 1970.");
  std::string told;
  for (;;) {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(certificate->expires_at().time_since_epoch());
    expiry.set(static_cast<double>(seconds.count()));
    co_await sleep_for(watch_period);
    try {
      reload_certificate(*certificate, log);
      told.clear();
    } catch (const Fault& fault) {
      if (told == fault.what()) continue;
      told = fault.what();
      log.error("app", "the renewed certificate cannot be used; the old one stays",
                {{"error", std::string_view(told)}});
    }
  }
}

}  // namespace xzepr::app
