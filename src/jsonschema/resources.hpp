// Where every schema of a document stands and by which names references find it: $id, $anchor, JSON Pointer.
// Private to this module.
#pragma once

#include <deque>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "json/value.hpp"
#include "jsonschema/dialect.hpp"
#include "jsonschema/faults.hpp"
#include "jsonschema/program.hpp"

namespace xzepr::jsonschema {

/// A schema with a URI of its own: a document, or what has $id within one.
struct Resource {
  struct Anchor {
    const json::Value* schema;
    bool is_dynamic;
  };

  std::string uri;
  Dialect dialect;
  const json::Value* root;
  std::map<std::string, Anchor, std::less<>> anchors;
};

struct Site {
  Index place = none;
  Index resource = 0;
};

class Resources {
 public:
  Resources(const Options& options, std::vector<Place>& places, Faults& faults)
      : options_(options), places_(places), faults_(faults) {}

  /// Visits all schemas of a document. Time and memory are linear in it.
  void add_document(const json::Value& root, std::string_view uri);

  struct Target {
    const json::Value* schema;
    /// The name of a $dynamicAnchor, when the reference is by one.
    std::string_view dynamic_anchor = {};
  };
  /// What a reference in a schema of `from` leads to, or why to nothing. Documents are added as needed.
  [[nodiscard]] std::expected<Target, std::string> find(std::string_view reference, Index from);

  /// Of a schema that was visited, or that find() has led to.
  [[nodiscard]] const Site& site_of(const json::Value& schema) const { return sites_.at(&schema); }
  [[nodiscard]] const Resource& operator[](Index resource) const { return list_[resource]; }
  [[nodiscard]] Index count() const { return static_cast<Index>(list_.size()); }

 private:
  enum class Names : std::uint8_t { registered, ignored };

  void visit(const json::Value& schema, Site site, Names names);
  void visit_children(const json::Object& schema, const Site& site);
  void read_names(const json::Value& schema, Site& site);
  void read_id(const json::Value& schema, const json::Value& id, Site& site);
  void read_anchor(const json::Value& schema, std::string_view keyword, const Site& site);
  Index add_resource(const json::Value& root, std::string uri, const Dialect& dialect);
  [[nodiscard]] Dialect dialect_of(const json::Object& schema, const Dialect& otherwise) const;
  [[nodiscard]] const json::Value* walk(const Resource& resource, std::string_view pointer);
  [[nodiscard]] std::string why_unknown(std::string_view uri) const;

  const Options& options_;
  std::vector<Place>& places_;
  Faults& faults_;
  std::deque<Resource> list_;
  std::map<std::string, Index, std::less<>> by_uri_;
  std::unordered_map<const json::Value*, Site> sites_;

  struct Pending {
    const json::Value* schema;
    Site site;
  };
  std::vector<Pending> pending_;
};

}  // namespace xzepr::jsonschema
