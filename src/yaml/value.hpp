// JSON values out of YAML nodes, by YAML 1.2's core schema (10.3.2): null, true, false, integers (decimal,
// 0o7, 0xF) and floats are what they look like, everything else and everything in quotes is text.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "json/value.hpp"
#include "yaml/tree.hpp"

namespace xzepr::yaml {

/// A Fault with the line for what JSON cannot say: .inf, .nan, an integer beyond 64 bits.
[[nodiscard]] std::expected<json::Value, Fault> to_json(const Node& node);

/// The node as text where text is wanted: what is in quotes, words, and numbers as they are written (1.10
/// stays "1.10"). nullopt for lists, maps, null, true and false.
[[nodiscard]] std::optional<std::string> as_text(const Node& node);

}  // namespace xzepr::yaml
