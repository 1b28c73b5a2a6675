// The file that remembers a server and a key between calls: $XDG_CONFIG_HOME/xzepr/context.yaml, mode 0600.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace xzepr::cli {

using Variables = std::function<std::optional<std::string>(std::string_view name)>;

struct Context {
  std::string url = {};
  std::string api_key = {};

  friend bool operator==(const Context&, const Context&) = default;
};

/// XDG_CONFIG_HOME, else HOME/.config; nullopt when neither is set.
[[nodiscard]] std::optional<std::string> context_path(const Variables& variables);

/// An absent file reads as empty. Errc::invalid, code "context_unreadable", when it is no such file, or when
/// others than its owner may read it.
[[nodiscard]] Result<Context> read_context(const std::string& path);

/// Writes it whole or not at all; its folder is made when missing (0700). Errc::invalid, code
/// "context_unwritable".
[[nodiscard]] Result<void> write_context(const std::string& path, const Context& context);

}  // namespace xzepr::cli
