// Who goes first when the cores are short.
#pragma once

namespace xzepr {

/// From here on the calling thread, and whatever threads it starts, wait for those that answer somebody: they
/// never interrupt one, and are given about a tenth of its time. No core stays idle for it.
void give_way();

}  // namespace xzepr
