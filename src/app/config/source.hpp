// What a configuration is made of before it is typed: settings by dotted name with where each came from, read
// from a YAML text, from variables, from flags.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/key_table.hpp"

namespace xzepr::app {

/// One thing that is wrong. render gives the one line: "config/production.yaml:12: server.prot: unknown
/// key; ...".
struct Problem {
  std::string origin;  ///< "FILE:LINE", a variable's or a flag's name
  std::string key;     ///< dotted, or "" for the file as a whole
  std::string message;
  std::string advice;  ///< what to do

  friend bool operator==(const Problem&, const Problem&) = default;
};
[[nodiscard]] std::string render(const Problem& problem);

/// A process's variables by name, sorted.
using Environment = std::map<std::string, std::string>;

struct RawSetting {
  const Key* key;
  std::string name;  ///< as Key::name, but the full one inside an open section
  Value value;
  std::string origin;
};

struct Reading {
  std::vector<RawSetting> settings;
  std::vector<Problem> problems;
};

/// From the text of a file; `${VAR}` inside values is expanded from `environment`, after the YAML was read,
/// so that a variable cannot bring structure in. `$${` stands for a literal `${`.
[[nodiscard]] Reading read_yaml(std::string_view text, std::string_view file_name,
                                const Environment& environment);

/// From the variables XZEPR__SECTION__KEY.
[[nodiscard]] Reading read_environment(const Environment& environment);

/// From one text, as a variable or a flag gives it: lists by comma, maps as JSON.
[[nodiscard]] std::expected<Value, std::string> parse_value(const Key& key, std::string_view text);

}  // namespace xzepr::app
