// The server: opens the database, wires shards, services and the pipeline, serves until a signal, drains.
#pragma once

#include "app/config/config.hpp"

namespace xzepr::app {

class Node;

/// What runs in the process beside the server. Main thread; the calls come once each, in this order.
class Companion {
 public:
  virtual ~Companion() = default;
  /// In place of the development banner. Throws Fault when there is no point in serving.
  virtual void on_serving(Node& node, const Config& config) = 0;
  /// Before requests in flight are drained; also after on_serving has thrown.
  virtual void on_stopping() = 0;
};

/// Returns the process's exit code: 0 after a graceful stop, 1 when it could not start or had to give up.
/// What went wrong is one line on stderr that says what to do.
[[nodiscard]] int serve(const Config& config, Companion* companion = nullptr);

}  // namespace xzepr::app
