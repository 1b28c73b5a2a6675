// What the demo says when it is ready.
#pragma once

#include <cstdint>
#include <string>

namespace xzepr::app::demo {

struct BannerFacts {
  std::string url;  ///< "http://127.0.0.1:8042"
  std::string key;  ///< of the demo's administrator
  std::string folder;
  bool is_kept = false;  ///< the folder, when the demo ends
  double events_per_second = 0;
  std::uint64_t seed = 0;
  std::string artifact;  ///< one to ask about
};

/// Every line below "Try" can be pasted.
[[nodiscard]] std::string banner(const BannerFacts& facts);

}  // namespace xzepr::app::demo
