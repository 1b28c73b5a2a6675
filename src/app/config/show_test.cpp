#include "app/config/show.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace xzepr::app {
namespace {

TEST(ConfigShow, MasksThePasswordsOfUrls) {
  EXPECT_EQ(mask_url("postgres://u:p@h:5432/d"), "postgres://u:***@h:5432/d");
  EXPECT_EQ(mask_url("postgres://u@h/d"), "postgres://u@h/d");
  EXPECT_EQ(mask_url("postgres://u:p/a@b@h/d"), "postgres://u:***@h/d");
  EXPECT_EQ(mask_url("postgres://h/d?user=u&password=p&sslmode=require"),
            "postgres://h/d?user=u&password=***&sslmode=require");
  EXPECT_EQ(mask_url("postgres://h/d?pass%77ord=p&password=a@b"),
            "postgres://h/d?pass%77ord=***&password=***");
  EXPECT_EQ(mask_url("postgres://u:p?w@h/d"), "postgres://***");
  EXPECT_EQ(mask_url("postgres://h:1?password=a@b"), "postgres://***");
  EXPECT_EQ(mask_url("redis://:secret@h:1"), "redis://:***@h:1");
  EXPECT_EQ(mask_url("sqlite:./x.db"), "sqlite:./x.db");
  EXPECT_EQ(mask_url(""), "");
}

TEST(ConfigShow, ShowsNoSecret) {
  const auto loaded = load({.environment = {{"XZEPR__DATABASE__URL", "postgres://u:canary1@h/d"},
                                            {"XZEPR__OIDC__CLIENT_SECRET", "canary2"},
                                            {"XZEPR__OIDC__CLIENT_ID", "c"},
                                            {"XZEPR__OIDC__ISSUER_URL", "https://idp.example"},
                                            {"XZEPR__OIDC__REDIRECT_URL", "https://here.example/callback"},
                                            {"XZEPR__REDIS__URL", "redis://:canary3@h"},
                                            {"XZEPR__VAULT__ADDRESS", "https://h"},
                                            {"XZEPR__VAULT__TOKEN", "canary4"},
                                            {"XZEPR__VAULT__SIGNING_KEY_PATH", "p"},
                                            {"XZEPR__JWT__KEYS__PREVIOUS_VALUE", "canary5"}}});
  ASSERT_TRUE(loaded);
  for (const Setting& setting : loaded->settings)
    EXPECT_FALSE(shown_value(setting).contains("canary")) << setting.name;
  for (const std::string& warning : loaded->config.warnings)
    EXPECT_FALSE(warning.contains("canary")) << warning;
}

// build/<preset>/xzepr config reference > docs/configuration.md
TEST(ConfigReference, IsWhatTheDocumentationHolds) {
  std::ifstream file(std::filesystem::path(XZEPR_SOURCE_DIR) / "docs" / "configuration.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str() == render_reference())
      << "docs/configuration.md is old: write it anew with `xzepr config reference`";
}

}  // namespace
}  // namespace xzepr::app
