// What a relay's driver works with, but its transport.
#pragma once

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "journal/memory_store_test.hpp"
#include "journal/relay_driver.hpp"
#include "journal/relay_fixture_test.hpp"

namespace xzepr::journal {

class RelayDriverFixture : public testing::Test {
 protected:
  RelayDriver::Parts parts(Transport& transport) {
    return {.journal = store_,
            .sinks = store_,
            .transport = transport,
            .clock = clock_,
            .ids = ids_,
            .log = log_,
            .metrics = metrics_};
  }
  static RelayOptions options() { return {.sink = "test", .owner = "a"}; }
  static void fail(std::string_view, const std::exception& what) { ADD_FAILURE() << what.what(); }
  /// Until `done`, or until patience is at its end.
  template <class Done>
  static Task<> wait_until(Done done, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < until)
      co_await sleep_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(done()) << "it did not come to pass in time";
  }

  asio::io_context loop_{1};
  MemoryStore store_;
  SystemClock clock_;
  UlidSource ids_;
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics_;
};

}  // namespace xzepr::journal
