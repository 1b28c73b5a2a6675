// Which keywords a schema may use: its draft, and in 2020-12 the vocabularies of its meta-schema. Private to
// this module.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "json/value.hpp"
#include "jsonschema/options.hpp"

namespace xzepr::jsonschema {

/// The vocabularies of 2020-12, as bits.
enum Vocabulary : std::uint8_t {
  vocabulary_core = 1,
  vocabulary_applicator = 2,
  vocabulary_unevaluated = 4,
  vocabulary_validation = 8,
  vocabulary_metadata = 16,
  vocabulary_format = 32,
  vocabulary_format_assertion = 64,
  vocabulary_content = 128,
};

struct Dialect {
  Draft draft = Draft::draft_2020_12;
  std::uint8_t vocabularies = 0xFF - vocabulary_format_assertion;

  friend bool operator==(const Dialect&, const Dialect&) = default;
};

/// What $schema names: one of the two meta-schemas, or a document with $vocabulary. Or why not.
[[nodiscard]] std::expected<Dialect, std::string> find_dialect(std::string_view uri, const Options& options);

/// The schema that `uri` (without a fragment) leads to; null when there is none.
[[nodiscard]] const json::Value* find_document(std::string_view uri, const Options& options);

}  // namespace xzepr::jsonschema
