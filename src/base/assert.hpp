// The one macro of the house: an invariant whose breach means that our own code is wrong.
#pragma once

namespace xzepr {
/// Prints the failed condition with its place to stderr and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace xzepr

/// On in every build, release too: corrupt state stops the process. Never for bad input.
#define XZEPR_ASSERT(cond) ((cond) ? void() : ::xzepr::assertion_failed(#cond, __FILE__, __LINE__))
