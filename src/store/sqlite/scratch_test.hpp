// A data directory of a test's own, migrated, gone at its end.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "store/sqlite/migrator.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace xzepr::store::sqlite {

enum class Schema : std::uint8_t { migrated, none };

class Scratch {
 public:
  explicit Scratch(Schema schema = Schema::migrated) {
    static int count = 0;
    directory_ = std::filesystem::temp_directory_path() /
                 ("xzepr-store-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(directory_);
    if (schema == Schema::migrated) {
      const auto done = make_sqlite_migrator(path())->up(TimePoint{});
      EXPECT_TRUE(done.has_value());
    }
  }
  ~Scratch() { std::filesystem::remove_all(directory_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string path() const { return (directory_ / "xzepr.db").string(); }
  [[nodiscard]] std::filesystem::path directory() const { return directory_; }
  [[nodiscard]] std::unique_ptr<Database> open(Use use = Use::serve) {
    return make_sqlite_database({.path = path(), .use = use}, log_, metrics_, [] {});
  }

 private:
  std::filesystem::path directory_;
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics_;
};

}  // namespace xzepr::store::sqlite
