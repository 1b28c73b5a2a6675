// Asking a gate for its state, and waiting for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "client/api.hpp"
#include "domain/gate.hpp"

namespace xzepr::client {

/// GET /groups/{group}/status, held by the server for up to `wait` (at most 25 s).
[[nodiscard]] Call status_call(std::string_view group, std::string_view artifact,
                               std::chrono::seconds wait = std::chrono::seconds{0});

/// A Failure when the answer names no state that this client knows.
[[nodiscard]] std::expected<domain::GateState, Failure> state_of(const json::Value& status);

/// Waiting, without I/O and clock: told what was answered and how much time is left, it says what to do next.
class GateWait {
 public:
  enum class OnFailing : std::uint8_t { stop, keep_waiting };
  enum class Verdict : std::uint8_t { ask, open, failing, disabled, timed_out, broken };
  struct Step {
    Verdict verdict = Verdict::ask;
    std::chrono::milliseconds pause = std::chrono::milliseconds{0};  ///< before asking
    std::chrono::seconds hold = std::chrono::seconds{0};  ///< the server may hold the answer so long
  };

  explicit GateWait(OnFailing on_failing) : on_failing_(on_failing) {}

  [[nodiscard]] Step begin(std::chrono::milliseconds left) const {
    return ask(left, std::chrono::milliseconds{0});
  }
  [[nodiscard]] Step on(domain::GateState state, std::chrono::milliseconds left);
  /// A server that goes away for a while is waited for; one that was never there is not. An artifact that
  /// nobody has posted about yet is waited for, too.
  [[nodiscard]] Step on(const Failure& failure, std::chrono::milliseconds left);

 private:
  [[nodiscard]] Step ask(std::chrono::milliseconds left, std::chrono::milliseconds pause) const;

  OnFailing on_failing_;
  bool has_answered_ = false;
  int failures_ = 0;
};

}  // namespace xzepr::client
