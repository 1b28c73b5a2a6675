// Entity tags in conditional requests: If-Match and If-None-Match, RFC 9110, sections 8.8.3 and 13.1. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/message.hpp"
#include "service/context.hpp"

namespace xzepr::api {

struct EntityTag {
  bool is_weak = false;
  std::string_view opaque = {};  ///< without the quotes

  friend bool operator==(const EntityTag&, const EntityTag&) = default;
};

/// "*", or a list of tags; nullopt for what is neither. Empty elements of the list are left out.
struct EntityTags {
  bool is_any = false;
  std::vector<EntityTag> tags = {};
};
[[nodiscard]] std::optional<EntityTags> parse_entity_tags(std::string_view text);

/// The tag of a resource's version.
[[nodiscard]] std::string etag_of(std::int64_t resource_version);

/// What a change's If-Match admits: nullopt without the header and for "*"; else the versions that it names,
/// compared strongly, so a weak or foreign tag names none. "if_match_invalid" for what is no list of tags.
[[nodiscard]] Result<service::IfMatch> read_if_match(const http::Request& request);

/// True when If-None-Match names `etag`, compared weakly, or is "*": a GET is then answered 304. What cannot
/// be read names nothing.
[[nodiscard]] bool is_not_modified(const http::Request& request, std::string_view etag);

}  // namespace xzepr::api
