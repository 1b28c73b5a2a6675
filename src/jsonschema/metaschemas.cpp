#include "jsonschema/metaschemas.hpp"

#include <map>
#include <string>

#include "base/assert.hpp"
#include "json/parse.hpp"
#include "jsonschema/embedded_metaschemas.hpp"
#include "jsonschema/uri.hpp"

namespace xzepr::jsonschema {
namespace {

using Table = std::map<std::string, json::Value, std::less<>>;

Table read_all() {
  Table table;
  for (const std::string_view text : embedded_metaschemas()) {
    auto value = json::parse(text);
    XZEPR_ASSERT(value.has_value());
    const auto* id = value->get_object().if_contains("$id");
    XZEPR_ASSERT(id != nullptr);
    std::string uri(split_fragment(json::view(id->get_string())).uri);
    table.emplace(std::move(uri), *std::move(value));
  }
  return table;
}

}  // namespace

const json::Value* find_metaschema(std::string_view uri) {
  static const Table table = read_all();
  const auto found = table.find(uri);
  return found == table.end() ? nullptr : &found->second;
}

}  // namespace xzepr::jsonschema
