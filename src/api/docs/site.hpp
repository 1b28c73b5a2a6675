// The documentation that the server gives: openapi.json, the reference page, a page per error code, and what
// they need. Made once at start.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/docs/description.hpp"
#include "api/pages.hpp"
#include "api/route.hpp"
#include "api/schema.hpp"

namespace xzepr::api::docs {

[[nodiscard]] std::span<const Route> docs_routes();
/// The bodies of these routes.
[[nodiscard]] std::span<const NamedSchema> docs_schemas();

/// `description` holds all routes, these among them.
[[nodiscard]] Pages make_pages(const Description& description);

// The parts, for tests.
[[nodiscard]] std::string reference_page(const Description& description, const json::Object& schemas);
[[nodiscard]] std::string error_index_page(const Description& description);
[[nodiscard]] std::string error_page(const Description& description, const ErrorCode& row);
[[nodiscard]] std::string error_index_json();
[[nodiscard]] std::string error_json(const ErrorCode& row);

/// A file of web/docs, as it was when the server was built.
struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

}  // namespace xzepr::api::docs
