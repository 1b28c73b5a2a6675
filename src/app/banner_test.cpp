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
  EXPECT_TRUE(banner.contains("docs: http://127.0.0.1:8042/docs\n")) << banner;
}

}  // namespace
}  // namespace xzepr::app
