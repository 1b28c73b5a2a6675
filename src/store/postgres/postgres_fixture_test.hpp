// Databases for tests, on the server that XZEPR_TEST_PG names: one migrated template per process, a copy per
// test.
#pragma once

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "store/postgres/blocking.hpp"
#include "store/postgres/connector.hpp"
#include "store/postgres/migrator.hpp"

namespace xzepr::store::postgres {

inline std::string server_url() {
  const char* url = std::getenv("XZEPR_TEST_PG");
  if (url != nullptr && *url != '\0') return url;
  throw std::runtime_error(
      "these tests need a PostgreSQL server: run tests/services/postgres.sh start and set XZEPR_TEST_PG to "
      "its address");
}

/// The same server, another database: what stands between the last '/' and '?' is replaced.
inline std::string url_of_database(const std::string& name) {
  auto url = server_url();
  const auto query = std::min(url.find('?'), url.size());
  const auto slash = url.rfind('/', query);
  return url.substr(0, slash + 1) + name + url.substr(query);
}

inline void on_server(const std::string& sql) {
  const auto connection = connect_plainly(server_url(), std::chrono::seconds{10});
  execute_script(connection.get(), "SET client_min_messages = warning");
  execute_script(connection.get(), sql);
}

/// Created empty or as a copy; dropped with this, whoever is still connected.
class TestDatabase {
 public:
  explicit TestDatabase(const std::string& template_name = "template0") : name_(next_name()) {
    on_server(fmt::format("CREATE DATABASE {} TEMPLATE {}", name_, template_name));
  }
  ~TestDatabase() {
    try {
      on_server(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_));
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
    }
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string url() const { return url_of_database(name_); }
  [[nodiscard]] ConnectionHandle connect() const { return connect_plainly(url(), std::chrono::seconds{10}); }

 private:
  static std::string next_name() {
    static int count = 0;
    return fmt::format("xzepr_test_{}_{}", getpid(), count++);
  }
  std::string name_;
};

inline std::unique_ptr<TestDatabase> make_migrated_database() {
  static const auto migrated = [] {
    auto database = std::make_unique<TestDatabase>();
    if (!PostgresMigrator(database->url()).up(TimePoint{}))
      throw std::runtime_error("the migrations do not run");
    return database;
  }();
  return std::make_unique<TestDatabase>(migrated->name());
}

}  // namespace xzepr::store::postgres
