#include "base/priority.hpp"

#include <sched.h>
#include <sys/resource.h>

namespace xzepr {
namespace {

constexpr int niceness = 5;  // a third of the share of what is in its way: messages stay within 250 ms

}  // namespace

// Neither can fail for want of rights, and nothing depends on them. On Linux both are a thread's own.
void give_way() {
  const sched_param none{};
  (void)sched_setscheduler(0, SCHED_BATCH, &none);
  (void)setpriority(PRIO_PROCESS, 0, niceness);
}

}  // namespace xzepr
