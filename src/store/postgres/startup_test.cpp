#include <gtest/gtest.h>

#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_fixture_test.hpp"

namespace xzepr::store::postgres {
namespace {

// The one line with which the server would not start; "" when it would.
std::string refusal(PostgresOptions options) {
  telemetry::Log log(telemetry::Level::error, telemetry::LogFormat::text);
  telemetry::Metrics metrics;
  try {
    (void)make_postgres_database(std::move(options), log, metrics, [] {});
  } catch (const Fault& fault) {
    return fault.what();
  }
  return {};
}

void expect_refusal(PostgresOptions options, std::string_view words) {
  const auto line = refusal(std::move(options));
  EXPECT_NE(line.find(words), std::string::npos) << line;
  EXPECT_EQ(line.find('\n'), std::string::npos) << line;
}

std::string with_password(const std::string& url, const std::string& password) {
  const auto at = url.rfind('@');
  return url.substr(0, url.rfind(':', at) + 1) + password + url.substr(at);
}

TEST(PostgresStart, AMigratedDatabaseOpens) {
  const auto database = make_migrated_database();
  EXPECT_EQ(refusal({.url = database->url()}), "");
}

TEST(PostgresStart, AnEmptyDatabaseSaysToMigrate) {
  const TestDatabase database;
  expect_refusal({.url = database.url()}, "run xzepr migrate up");
}

TEST(PostgresStart, ANewerSchemaIsRefused) {
  const auto database = make_migrated_database();
  execute_script(database->connect().get(),
                 "INSERT INTO schema_migrations VALUES (9999, 'later', 'x', now())");
  expect_refusal({.url = database->url()}, "run a newer xzepr");
}

TEST(PostgresStart, AWrongPasswordSaysSoAndIsNotRepeated) {
  const auto url = with_password(make_migrated_database()->url(), "not-the-password");
  expect_refusal({.url = url}, "check user and password");
  EXPECT_EQ(refusal({.url = url}).find("not-the-password"), std::string::npos);
}

TEST(PostgresStart, AServerThatIsNotThereSaysWhere) {
  expect_refusal({.url = "postgres://xzepr:secret@127.0.0.1:1/xzepr"},
                 "check database.url and that the server runs");
}

TEST(PostgresStart, AMissingDatabaseSaysToCreateIt) {
  expect_refusal({.url = url_of_database("xzepr_no_such_database")}, "create the database");
}

TEST(PostgresStart, AUrlThatIsNoneIsRefused) { EXPECT_NE(refusal({.url = "postgres://[::1"}), ""); }

TEST(PostgresStart, ADatabaseThatIsNotUtf8IsRefused) {
  const auto name = fmt::format("xzepr_test_latin_{}", getpid());
  on_server(fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'", name));
  expect_refusal({.url = url_of_database(name)}, "ENCODING 'UTF8'");
  on_server(fmt::format("DROP DATABASE {} WITH (FORCE)", name));
}

TEST(PostgresStart, TooFewConnectionsAreNamedBeforeAnythingIsAsked) {
  expect_refusal({.url = "postgres://nowhere", .max_connections = 3, .shards = 2, .writer_lanes = 2},
                 "at least 5 are needed");
}

TEST(PostgresStart, MoreConnectionsThanTheServerTakesAreRefused) {
  const auto database = make_migrated_database();
  expect_refusal({.url = database->url(), .max_connections = 100'000}, "raise the server's max_connections");
}

TEST(PostgresStart, ThePasswordOfAUrlIsNotShown) {
  EXPECT_EQ(shown_url("postgres://me:secret@host:5/db"), "postgres://me:***@host:5/db");
  EXPECT_EQ(shown_url("postgres://me@host/db"), "postgres://me@host/db");
  EXPECT_EQ(shown_url("postgres://me:se@cr:et@host/db"), "postgres://me:***@host/db");
  EXPECT_EQ(shown_url("host=h password=secret"), "database.url");
  EXPECT_EQ(shown_url("postgres://host/db?password=secret").find("secret"), std::string::npos);
}

}  // namespace
}  // namespace xzepr::store::postgres
