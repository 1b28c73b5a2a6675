// Password hashing beside the shards: a hash takes tens of milliseconds and 19 MiB. At most twice as many at
// once as there are cores, a short queue behind them, and no further (OWASP: hashing must not become the way
// to exhaust a server). One object per process, any thread.
#pragma once

#include <atomic>
#include <string>

#include "base/error.hpp"
#include "base/task.hpp"
#include "base/worker.hpp"
#include "crypto/password_hash.hpp"

namespace xzepr::service {

class PasswordHasher {
 public:
  /// `threads` 0: one per core.
  explicit PasswordHasher(std::size_t threads = 0);
  PasswordHasher(const PasswordHasher&) = delete;
  PasswordHasher& operator=(const PasswordHasher&) = delete;
  /// Ends the threads; what waits is dropped. Call it while the loops of those who asked are still there.
  void stop() { worker_.stop(); }

  /// Errors: "unavailable" with a time to wait when too many are waiting.
  [[nodiscard]] Task<Result<std::string>> hash(std::string password);
  /// An empty hash is verified against one of nobody's, so that a user without a password takes as long as
  /// one with.
  [[nodiscard]] Task<Result<bool>> verify(std::string password, std::string hash);

 private:
  template <class T>
  [[nodiscard]] Task<Result<T>> run(std::move_only_function<T()> work);

  const std::string dummy_;
  std::atomic<int> waiting_{0};
  int waiting_max_ = 0;
  Worker worker_;
};

}  // namespace xzepr::service
