#include "app/demo/banner.hpp"

#include <fmt/format.h>

namespace xzepr::app::demo {

std::string banner(const BannerFacts& facts) {
  return fmt::format(
      "  XZepr {} demo                          a server of its own, with events; Ctrl-C ends it\n"
      "  REST       {}/api/v1\n"
      "  Storage    {} ({})\n"
      "  Stream     {} events a second, seed {}: passing, failing, late and repeated ones\n"
      "  Try        export XZEPR_URL={} XZEPR_API_KEY={}\n"
      "             xzepr gate list\n"
      "             xzepr event list --failed --limit 10\n"
      "             xzepr artifact timeline {}\n"
      "             xzepr gate status ready-to-ship {}\n"
      "             xzepr export --kind group\n",
      XZEPR_VERSION, facts.url, facts.folder,
      facts.is_kept ? "kept between runs" : "removed at the end; --data-dir DIR keeps it",
      facts.events_per_second, facts.seed, facts.url, facts.key, facts.artifact, facts.artifact);
}

}  // namespace xzepr::app::demo
