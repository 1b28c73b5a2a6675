// What the description of the API is made from: the very table that routes, and the schemas that it names.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/contract.hpp"
#include "api/route.hpp"
#include "api/schema.hpp"

namespace xzepr::api::docs {

struct Description {
  std::span<const Route> routes;
  std::span<const NamedSchema> schemas;
  std::string_view version;  ///< of the server
};

/// The codes of one status.
struct Refused {
  int status;
  std::vector<std::string_view> codes;  ///< sorted
  bool is_shared = false;               ///< answered in the same way by every route: told once
};

/// Everything that a route may be refused with, by status, ascending: what the pipeline gives to any such
/// route, and what the route says.
[[nodiscard]] std::vector<Refused> refusals_of(const Route& route);

/// The shared ones, with all their codes.
[[nodiscard]] std::vector<Refused> shared_refusals();

/// "ContentTooLarge": the name of the shared response of a status.
[[nodiscard]] std::string response_name(int status);

/// The chapter of a path, in the order of the chapters.
struct Tag {
  std::string_view segment;  ///< the path's first segment behind /api/v1, "events"
  std::string_view name;
  std::string_view about;
};
[[nodiscard]] std::span<const Tag> tags();
/// Null for a path that has no chapter: a test says so.
[[nodiscard]] const Tag* tag_of(std::string_view path);

}  // namespace xzepr::api::docs
