#include "app/banner.hpp"

#include <gtest/gtest.h>

namespace xzepr::app {
namespace {

TEST(Banner, NamesTheDatabaseWithoutItsPassword) {
  Config config;
  config.server.host = "127.0.0.1";
  config.database.url = "postgres://u:canary@h/d";
  const auto banner = development_banner(config, {.port = 8042, .store_kind = "PostgreSQL", .admin_key = {}});
  EXPECT_TRUE(banner.contains("postgres://u:***@h/d")) << banner;
  EXPECT_FALSE(banner.contains("canary"));
}

TEST(Banner, SaysWhereTheInterfaceIsDescribed) {
  Config config;
  config.server.host = "127.0.0.1";
  const auto banner = development_banner(config, {.port = 8042, .store_kind = "SQLite", .admin_key = {}});
  EXPECT_TRUE(banner.contains("docs: https://127.0.0.1:8042/docs\n")) << banner;
  config.server.enable_https = false;
  const auto plain = development_banner(config, {.port = 8042, .store_kind = "SQLite", .admin_key = {}});
  EXPECT_TRUE(plain.contains("docs: http://127.0.0.1:8042/docs\n")) << plain;
}

TEST(Banner, SaysHowToTrustTheCertificateOfThisMachine) {
  Config config;
  config.profile = Profile::development;
  config.database.url = "sqlite:/data/x/xzepr.db";
  const auto banner = development_banner(config, {.port = 1, .store_kind = "SQLite", .admin_key = {}});
  EXPECT_TRUE(banner.contains("XZEPR_CA_FILE=/data/x/tls/certificate.pem")) << banner;
  config.server.tls_cert_file = "own.pem";
  EXPECT_FALSE(development_banner(config, {.port = 1, .store_kind = "SQLite", .admin_key = {}})
                   .contains("XZEPR_CA_FILE"));
}

}  // namespace
}  // namespace xzepr::app
