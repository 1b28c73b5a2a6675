// What the process says to the shell. The numbers are an interface: never change them.
#pragma once

#include "client/failure.hpp"
#include "domain/gate.hpp"

namespace xzepr::cli {

enum class ExitCode : int {
  ok = 0,
  failure = 1,
  usage = 2,
  gate_failing = 3,
  login_needed = 4,
  not_found = 5,
  refused = 6,  ///< by validation
  conflict = 7,
  gate_pending = 8,
  unreachable = 9,
};

[[nodiscard]] ExitCode exit_code_of(const client::Failure& failure);
/// Of `group status`: open 0, failing 3, pending 8, disabled 1.
[[nodiscard]] ExitCode exit_code_of(domain::GateState state);

}  // namespace xzepr::cli
