#include "jsonschema/dialect.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "jsonschema/metaschemas.hpp"
#include "jsonschema/program.hpp"
#include "jsonschema/uri.hpp"

namespace xzepr::jsonschema {
namespace {

struct Named {
  std::string_view name;
  std::uint8_t bits;
};

constexpr std::string_view vocabulary_prefix = "https://json-schema.org/draft/2020-12/vocab/";
constexpr std::array<Named, 8> vocabularies = {{{"core", vocabulary_core},
                                                {"applicator", vocabulary_applicator},
                                                {"unevaluated", vocabulary_unevaluated},
                                                {"validation", vocabulary_validation},
                                                {"meta-data", vocabulary_metadata},
                                                {"format-annotation", vocabulary_format},
                                                {"format-assertion", vocabulary_format_assertion},
                                                {"content", vocabulary_content}}};

std::uint8_t bits_of(std::string_view uri) {
  if (!uri.starts_with(vocabulary_prefix)) return 0;
  const auto* found = std::ranges::find(vocabularies, uri.substr(vocabulary_prefix.size()), &Named::name);
  return found == vocabularies.end() ? std::uint8_t{0} : found->bits;
}

}  // namespace

std::expected<Dialect, std::string> find_dialect(std::string_view uri, const Options& options) {
  if (uri.ends_with('#')) uri.remove_suffix(1);
  if (uri == "https://json-schema.org/draft/2020-12/schema") return Dialect{};
  if (uri == "http://json-schema.org/draft-07/schema" || uri == "https://json-schema.org/draft-07/schema")
    return Dialect{.draft = Draft::draft_07};
  const auto* document = find_document(uri, options);
  const auto* object = document == nullptr ? nullptr : document->if_object();
  const auto* named = object == nullptr ? nullptr : object->if_contains("$vocabulary");
  const auto* list = named == nullptr ? nullptr : named->if_object();
  if (list == nullptr) {
    return std::unexpected(
        "must be https://json-schema.org/draft/2020-12/schema or http://json-schema.org/draft-07/schema#");
  }
  Dialect dialect{.vocabularies = vocabulary_core};
  for (const auto& member : *list) {
    const auto bits = bits_of(member.key());
    const bool* is_required = member.value().if_bool();
    if (bits == 0 && is_required != nullptr && *is_required)
      return std::unexpected(fmt::format("requires an unknown vocabulary: {}", shorten(member.key())));
    dialect.vocabularies = static_cast<std::uint8_t>(dialect.vocabularies | bits);
  }
  return dialect;
}

const json::Value* find_document(std::string_view uri, const Options& options) {
  const auto found = std::ranges::find(options.documents, uri, &Document::uri);
  return found == options.documents.end() ? find_metaschema(uri) : found->schema;
}

}  // namespace xzepr::jsonschema
