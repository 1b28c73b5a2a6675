// How a schema is compiled.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "json/value.hpp"

namespace xzepr::jsonschema {

enum class Draft : std::uint8_t { draft_2020_12, draft_07 };

enum class Formats : std::uint8_t {
  annotated,  ///< "format" says something to readers, and nothing is checked
  asserted,   ///< a value must have its format, if it is one of format.hpp
};

/// A schema that references may lead to; it must live until the compilation is over.
struct Document {
  std::string_view uri;
  const json::Value* schema;
};

struct Options {
  Formats formats = Formats::annotated;
  /// Of a schema that does not say so by $schema.
  Draft draft = Draft::draft_2020_12;
  /// Besides the meta-schemas of both drafts, which are always there. Nothing else is ever fetched.
  std::span<const Document> documents = {};
};

}  // namespace xzepr::jsonschema
