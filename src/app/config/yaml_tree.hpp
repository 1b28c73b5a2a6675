// YAML text to a tree, with bounds: what could blow up or be understood in two ways is refused. yaml-cpp's
// event parser is used, never its nodes, so nothing is expanded that was not counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xzepr::app {

inline constexpr std::size_t yaml_bytes_max = 262'144;
inline constexpr std::size_t yaml_depth_max = 16;
inline constexpr std::size_t yaml_nodes_max = 10'000;

struct YamlNode {
  enum class Kind : std::uint8_t { null, plain, quoted, list, map };

  Kind kind = Kind::null;
  int line = 0;  ///< from 1
  std::string text = {};
  std::vector<YamlNode> items = {};
  std::vector<std::pair<std::string, YamlNode>> members = {};  ///< in the order of the file; no key twice
};

struct YamlFault {
  int line = 0;  ///< 0: the file as a whole
  std::string message;
};

/// One document; an empty one is a map without members. Refused: bad grammar, more bytes, depth or nodes than
/// the bounds, aliases and anchors, tags, a key twice, keys that are no scalars or hold control characters, a
/// second document, bytes that are not UTF-8. Never throws.
[[nodiscard]] std::expected<YamlNode, YamlFault> parse_yaml(std::string_view text);

}  // namespace xzepr::app
