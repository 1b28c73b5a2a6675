// A list of entity tags means the same when it is written out again, and a tag of ours names its version.
#include <cstdint>
#include <string>
#include <string_view>

#include "api/entity_tags.hpp"
#include "base/assert.hpp"

namespace {

using namespace xzepr::api;

std::string written(const EntityTags& list) {
  if (list.is_any) return "*";
  std::string out;
  for (const auto& tag : list.tags) {
    out += out.empty() ? "" : ", ";
    out.append(tag.is_weak ? "W/\"" : "\"").append(tag.opaque).append("\"");
  }
  return out;
}

xzepr::http::Request with(std::string_view name, std::string_view value) {
  xzepr::http::Request request;
  request.headers.push_back({.name = name, .value = value});
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = parse_entity_tags(text);
  const auto if_match = read_if_match(with("If-Match", text));
  XZEPR_ASSERT(if_match.has_value() == list.has_value());
  if (!list) {
    XZEPR_ASSERT(!is_not_modified(with("If-None-Match", text), "\"1\""));
    return 0;
  }
  const auto again = written(*list);
  const auto same = parse_entity_tags(again);
  XZEPR_ASSERT(same && same->is_any == list->is_any && same->tags == list->tags);
  for (const auto& tag : list->tags) {
    const auto etag = "\"" + std::string(tag.opaque) + "\"";
    XZEPR_ASSERT(is_not_modified(with("If-None-Match", text), etag));
  }
  if (!*if_match) return 0;
  XZEPR_ASSERT((*if_match)->size() <= list->tags.size());
  for (const auto version : **if_match) XZEPR_ASSERT(text.find(etag_of(version)) != std::string_view::npos);
  return 0;
}
