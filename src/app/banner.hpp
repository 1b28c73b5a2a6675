// What a newcomer sees first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/config/config.hpp"

namespace xzepr::app {

struct BannerFacts {
  std::uint16_t port;
  std::string_view store_kind;
  std::optional<std::string> admin_key;  ///< shown once
};

[[nodiscard]] std::string development_banner(const Config& config, const BannerFacts& facts);

}  // namespace xzepr::app
