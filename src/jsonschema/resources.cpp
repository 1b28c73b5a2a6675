#include "jsonschema/resources.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "json/pointer.hpp"
#include "jsonschema/keywords.hpp"
#include "jsonschema/uri.hpp"

namespace xzepr::jsonschema {
namespace {

const json::Value* member_of(const json::Value& schema, std::string_view name) {
  const auto* object = schema.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

std::string_view text_of(const json::Value* value) {
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : json::view(*text);
}

bool is_schema(const json::Value& value) { return value.is_object() || value.is_bool(); }

}  // namespace

void Resources::add_document(const json::Value& root, std::string_view uri) {
  Dialect dialect{.draft = options_.draft};
  if (const auto* object = root.if_object()) dialect = dialect_of(*object, dialect);
  const bool is_main = list_.empty();
  places_.push_back({.parent = none, .token = is_main ? std::string() : fmt::format("{}#", uri)});
  const auto place = static_cast<Index>(places_.size() - 1);
  const auto resource = add_resource(root, std::string(uri), dialect);
  visit(root, {.place = place, .resource = resource}, Names::registered);
}

Index Resources::add_resource(const json::Value& root, std::string uri, const Dialect& dialect) {
  const auto index = count();
  by_uri_.try_emplace(uri, index);
  list_.push_back({.uri = std::move(uri), .dialect = dialect, .root = &root, .anchors = {}});
  return index;
}

Dialect Resources::dialect_of(const json::Object& schema, const Dialect& otherwise) const {
  const auto name = text_of(schema.if_contains("$schema"));
  return name.empty() ? otherwise : find_dialect(name, options_).value_or(otherwise);
}

void Resources::visit(const json::Value& schema, Site site, Names names) {
  pending_.push_back({.schema = &schema, .site = site});
  while (!pending_.empty()) {
    auto [at, where] = pending_.back();
    pending_.pop_back();
    if (names == Names::registered && at->is_object()) read_names(*at, where);
    sites_.try_emplace(at, where);
    if (const auto* object = at->if_object()) visit_children(*object, where);
  }
}

void Resources::visit_children(const json::Object& schema, const Site& site) {
  const Dialect& dialect = list_[site.resource].dialect;
  for (const auto& member : schema) {
    const auto* keyword = find_keyword(member.key(), dialect);
    if (keyword == nullptr || is_hidden_by_reference(member.key(), schema, dialect)) continue;
    for (auto& child : children_of(*keyword, member.value())) {
      places_.push_back({.parent = site.place, .token = std::move(child.token)});
      pending_.push_back(
          {.schema = child.schema,
           .site = {.place = static_cast<Index>(places_.size() - 1), .resource = site.resource}});
    }
  }
}

void Resources::read_names(const json::Value& schema, Site& site) {
  const Draft draft = list_[site.resource].dialect.draft;
  const auto* id = member_of(schema, "$id");
  const bool is_hidden = draft == Draft::draft_07 && member_of(schema, "$ref") != nullptr;
  if (id != nullptr && id->is_string() && !is_hidden) read_id(schema, *id, site);
  if (list_[site.resource].dialect.draft != Draft::draft_2020_12) return;
  read_anchor(schema, "$anchor", site);
  read_anchor(schema, "$dynamicAnchor", site);
}

void Resources::read_id(const json::Value& schema, const json::Value& id, Site& site) {
  const auto [reference, fragment] = split_fragment(text_of(&id));
  Resource& around = list_[site.resource];
  if (!reference.empty()) {
    std::string uri = resolve_uri(around.uri, reference);
    if (around.root == &schema) {  // a document that names itself: known by both names
      around.uri = uri;
      by_uri_.try_emplace(std::move(uri), site.resource);
    } else if (by_uri_.contains(uri)) {
      faults_.add(site.place, "$id", fmt::format("is the name of another schema too: {}", shorten(uri)));
    } else {
      site.resource = add_resource(schema, std::move(uri), dialect_of(schema.get_object(), around.dialect));
    }
  }
  if (fragment.empty()) return;
  if (list_[site.resource].dialect.draft == Draft::draft_2020_12) {
    faults_.add(site.place, "$id", "must have no fragment: use $anchor");
    return;
  }
  list_[site.resource].anchors.try_emplace(std::string(fragment),
                                           Resource::Anchor{.schema = &schema, .is_dynamic = false});
}

void Resources::read_anchor(const json::Value& schema, std::string_view keyword, const Site& site) {
  const auto name = text_of(member_of(schema, keyword));
  if (name.empty()) return;
  const bool is_dynamic = keyword == "$dynamicAnchor";
  const auto [known, is_new] = list_[site.resource].anchors.try_emplace(
      std::string(name), Resource::Anchor{.schema = &schema, .is_dynamic = is_dynamic});
  if (is_new) return;
  if (known->second.schema != &schema) {
    faults_.add(site.place, keyword,
                fmt::format("is an anchor of another schema too: {}", shorten(std::string(name))));
  }
  known->second.is_dynamic = known->second.is_dynamic || is_dynamic;
}

std::string Resources::why_unknown(std::string_view uri) const {
  return fmt::format(
      "leads out of the schema, to {}: only schemas within it and the meta-schemas can be referred to",
      shorten(std::string(uri)));
}

std::expected<Resources::Target, std::string> Resources::find(std::string_view reference, Index from) {
  const auto [relative, encoded] = split_fragment(reference);
  Index index = from;
  if (!relative.empty()) {
    const std::string uri = resolve_uri(list_[from].uri, relative);
    if (!by_uri_.contains(uri)) {
      const auto* document = find_document(uri, options_);
      if (document == nullptr) return std::unexpected(why_unknown(uri));
      add_document(*document, uri);
    }
    index = by_uri_.find(uri)->second;
  }
  std::string fragment;
  if (!decode_percent(encoded, fragment)) return std::unexpected("has an incomplete percent-encoding");
  const Resource& resource = list_[index];
  if (!fragment.empty() && fragment.front() != '/') {
    const auto anchor = resource.anchors.find(fragment);
    if (anchor == resource.anchors.end())
      return std::unexpected("leads to no schema: there is no such anchor");
    return Target{.schema = anchor->second.schema,
                  .dynamic_anchor = anchor->second.is_dynamic ? std::string_view(anchor->first) : ""};
  }
  const auto* target = walk(resource, fragment);
  if (target == nullptr || !is_schema(*target)) return std::unexpected("leads to no schema");
  return Target{.schema = target};
}

// Step by step, because a schema with a URI of its own may stand on the way. What lies within an unknown
// keyword was not visited; its names do not count.
const json::Value* Resources::walk(const Resource& resource, std::string_view pointer) {
  const auto* at = resource.root;
  Site nearest = sites_.at(at);
  std::string_view rest = pointer;  // from the nearest visited schema
  while (at != nullptr && !pointer.empty()) {
    const auto size = std::min(pointer.find('/', 1), pointer.size());
    at = json::find(*at, pointer.substr(0, size));
    pointer.remove_prefix(size);
    const auto known = sites_.find(at);
    if (known == sites_.end()) continue;
    nearest = known->second;
    rest = pointer;
  }
  if (at == nullptr || rest.empty() || !is_schema(*at)) return at;
  places_.push_back({.parent = nearest.place, .token = std::string(rest)});
  visit(*at, {.place = static_cast<Index>(places_.size() - 1), .resource = nearest.resource}, Names::ignored);
  return at;
}

}  // namespace xzepr::jsonschema
