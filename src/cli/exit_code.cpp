#include "cli/exit_code.hpp"

#include <utility>

namespace xzepr::cli {

ExitCode exit_code_of(const client::Failure& failure) {
  switch (failure.status) {
    case 0: return ExitCode::unreachable;
    case 400:
    case 413:
    case 415: return ExitCode::refused;
    case 401: return ExitCode::login_needed;
    case 404:
    case 410: return ExitCode::not_found;
    case 409:
    case 412:
    case 422: return ExitCode::conflict;
    default: return ExitCode::failure;
  }
}

ExitCode exit_code_of(domain::GateState state) {
  switch (state) {
    case domain::GateState::open: return ExitCode::ok;
    case domain::GateState::failing: return ExitCode::gate_failing;
    case domain::GateState::pending: return ExitCode::gate_pending;
    case domain::GateState::disabled: return ExitCode::failure;
  }
  std::unreachable();
}

}  // namespace xzepr::cli
