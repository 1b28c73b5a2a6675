#include "app/serve.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>

#include <boost/asio/signal_set.hpp>

#include "app/banner.hpp"
#include "app/node.hpp"

namespace xzepr::app {
namespace {

using namespace std::chrono_literals;

telemetry::Level level_of(std::string_view text) {
  if (text == "error") return telemetry::Level::error;
  if (text == "warn") return telemetry::Level::warn;
  if (text == "debug") return telemetry::Level::debug;
  if (text == "trace") return telemetry::Level::trace;
  return telemetry::Level::info;
}

// The main thread's part: waits for the first reason to stop.
class StopSignals {
 public:
  StopSignals() : signals_(loop_, SIGTERM, SIGINT) {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      // A second signal means now.
      signals_.async_wait([](const boost::system::error_code& again, int) {
        if (!again) std::_Exit(130);
      });
      loop_.stop();
    });
  }

  void wait() { loop_.run(); }
  /// Calls `reload` at each SIGHUP, on the thread that waits.
  void on_hangup(std::function<void()> reload) {
    if (!hangups_) hangups_.emplace(loop_, SIGHUP);
    hangups_->async_wait([this, reload = std::move(reload)](const boost::system::error_code& error, int) {
      if (error) return;
      reload();
      on_hangup(reload);
    });
  }
  /// Any thread.
  void stop_for(int exit_code) {
    exit_code_ = exit_code;
    loop_.stop();
  }
  [[nodiscard]] int exit_code() const { return exit_code_; }
  /// Keeps listening for the second signal while the node drains.
  void watch_second() {
    loop_.restart();
    watcher_ = std::thread([this] { loop_.run(); });
  }
  ~StopSignals() {
    loop_.stop();
    if (watcher_.joinable()) watcher_.join();
  }

 private:
  asio::io_context loop_{1};
  asio::signal_set signals_;
  std::optional<asio::signal_set> hangups_;
  std::atomic<int> exit_code_ = 0;
  std::thread watcher_;
};

// Durability is gone: nothing may be answered any more, and nothing may hold the process longer than a
// second.
void end_soon() {
  std::thread([] {
    std::this_thread::sleep_until(std::chrono::steady_clock::now() + 900ms);
    std::_Exit(1);
  }).detach();
}

void announce(const Config& config, Node& node, std::optional<std::string> first_key, telemetry::Log& log,
              Companion* companion) {
  if (companion != nullptr) {
    companion->on_serving(node, config);
  } else if (config.profile == Profile::development) {
    const auto banner = development_banner(
        config, {.port = node.port(), .store_kind = node.store_kind(), .admin_key = std::move(first_key)});
    std::fwrite(banner.data(), 1, banner.size(), stdout);
    std::fflush(stdout);
  }
  log.info("app", "serving",
           {{"version", std::string_view(XZEPR_VERSION)},
            {"host", std::string_view(config.server.host)},
            {"port", static_cast<std::int64_t>(node.port())},
            {"store", node.store_kind()}});
}

}  // namespace

int serve(const Config& config, Companion* companion) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  StopSignals stop;
  telemetry::Log log(level_of(config.telemetry.log_level),
                     config.telemetry.json_logs ? telemetry::LogFormat::json : telemetry::LogFormat::text);
  telemetry::Metrics metrics;
  for (const auto& warning : config.warnings) log.warn("config", warning);
  try {
    Node node(config, log, metrics, [&stop] {
      end_soon();
      stop.stop_for(1);
    });
    std::optional<std::string> first_key;
    if (config.profile == Profile::development) first_key = node.make_first_admin();
    node.start_serving();
    // In development it means that the terminal was closed, and ends the server.
    if (config.profile == Profile::production) stop.on_hangup([&node] { node.reload(); });
    announce(config, node, std::move(first_key), log, companion);
    stop.wait();
    log.info("app", "stopping: requests in flight are answered first");
    stop.watch_second();
    if (companion != nullptr) companion->on_stopping();
    node.drain(limits::drain_timeout);
    log.info("app", "stopped");
    return stop.exit_code();
  } catch (const Fault& fault) {
    std::fprintf(stderr, "xzepr: %s\n", fault.what());
    return 1;
  }
}

}  // namespace xzepr::app
