// Every configuration key, once: its type, default, bounds, meaning, and whether its feature is built. What
// reads, checks, shows and documents the configuration is driven by this table.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config/config.hpp"

namespace xzepr::app {

enum class KeyType : std::uint8_t {
  boolean,
  integer,  ///< between Key::min and Key::max
  text,     ///< one of Key::choices when there are any
  list,     ///< of text; by comma in a variable
  rates,    ///< map of path prefix to integer; JSON in a variable
  open,     ///< a section ("vault.*") whose keys are taken as text
};
enum class Secrecy : std::uint8_t { open, url_with_password, secret };

using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>,
                           std::map<std::string, std::int64_t>>;

struct Key {
  std::string_view name;  ///< "server.port", or "vault.*" for an open section
  KeyType type;
  Value standard;                                   ///< the default of the production profile
  std::optional<Value> development = std::nullopt;  ///< the default with --dev, where it differs
  void (*set)(Config&, const Value&);               ///< the value has the key's type and is within its bounds
  std::string_view meaning;                         ///< one line of the reference
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::vector<std::string_view> choices = {};
  std::string_view not_built = {};  ///< the feature this key waits for, "" when it has its effect already
  Secrecy secrecy = Secrecy::open;
};

/// In the order of the reference.
[[nodiscard]] std::span<const Key> key_table();

/// The key of that dotted name, or the open section that holds it. nullptr: there is none.
[[nodiscard]] const Key* find_key(std::string_view name);
/// True when some key lies beneath `name` ("server", "security.cors").
[[nodiscard]] bool is_section(std::string_view name);
/// The known name that looks most like `name`, or "" when none is near.
[[nodiscard]] std::string_view nearest_key(std::string_view name);

/// "an integer from 1 to 3600", "true or false", "one of memory, redis".
[[nodiscard]] std::string describe_type(const Key& key);

}  // namespace xzepr::app
