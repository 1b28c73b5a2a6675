// YAML text to trees of nodes, with bounds: what could blow up or be understood in two ways is refused.
// yaml-cpp's event parser is used, never its nodes, so nothing is expanded that was not counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xzepr::yaml {

struct Node {
  enum class Kind : std::uint8_t { null, plain, quoted, list, map };

  Kind kind = Kind::null;
  int line = 0;  ///< from 1
  std::string text = {};
  std::vector<Node> items = {};
  std::vector<std::pair<std::string, Node>> members = {};  ///< in the order of the file; no key twice
};

struct Fault {
  int line = 0;  ///< 0: the file as a whole
  std::string message;
};

/// Whether *name may stand for the value that &name marks. Copied: each value that an alias brings counts
/// again.
enum class Aliases : std::uint8_t { refused, copied };

struct Limits {
  std::size_t bytes_max = 262'144;
  std::size_t depth_max = 16;
  std::size_t nodes_max = 10'000;  ///< of all documents together
  std::size_t documents_max = 1;
  Aliases aliases = Aliases::refused;
};
/// Of a configuration file.
inline constexpr Limits config_limits = {};

/// Every document of `text`; one that says nothing is a null. Refused: bad grammar, more bytes, depth, nodes
/// or documents than the limits, aliases unless allowed, tags, a key twice, keys that are no scalars or hold
/// control characters, bytes that are not UTF-8. Never throws; time and memory are bounded by the limits.
[[nodiscard]] std::expected<std::vector<Node>, Fault> parse_documents(std::string_view text,
                                                                      const Limits& limits);

/// The one document of a configuration; an empty one is a map without members.
[[nodiscard]] std::expected<Node, Fault> parse_config(std::string_view text);

/// Of a text that is part of a file: `lines` stand before it.
void move_lines(Node& node, int lines);

/// The node at an RFC 6901 pointer, or the deepest one on the way to it: where a fault is shown.
[[nodiscard]] const Node& nearest(const Node& root, std::string_view pointer);

}  // namespace xzepr::yaml
