#include "api/content.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/grammar.hpp"

namespace xzepr::api {
namespace {

using grammar::equal_ignoring_case;
using grammar::without_ows;

bool is_utf8_parameter(std::string_view parameter) {
  return equal_ignoring_case(parameter, "charset=utf-8") ||
         equal_ignoring_case(parameter, "charset=\"utf-8\"");
}

bool has_foreign_parameter(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = parameters.substr(0, parameters.find(';'));
    parameters.remove_prefix(std::min(parameters.size(), parameter.size() + 1));
    const auto text = without_ows(parameter);
    if (!text.empty() && !is_utf8_parameter(text)) return true;
  }
  return false;
}

bool accepts(Body accepted, Media media) {
  switch (accepted) {
    case Body::none: return true;
    case Body::json: return media == Media::json;
    case Body::json_or_ndjson: return media != Media::other;
  }
  std::unreachable();
}

Error unsupported_type(std::string_view type, Body accepted) {
  const auto wanted = accepted == Body::json ? std::string_view("application/json")
                                             : std::string_view("application/json or application/x-ndjson");
  return Error{.kind = Errc::invalid,
               .code = "content_type_unsupported",
               .detail = type.empty() ? fmt::format("the body has no Content-Type; it must be {}", wanted)
                                      : fmt::format("Content-Type must be {}, got {}", wanted, type),
               .hint = "send the header Content-Type: application/json"};
}

}  // namespace

Media parse_media(std::string_view content_type) {
  const auto end = content_type.find(';');
  const auto type = without_ows(content_type.substr(0, end));
  if (end != std::string_view::npos && has_foreign_parameter(content_type.substr(end + 1)))
    return Media::other;
  if (equal_ignoring_case(type, "application/json")) return Media::json;
  if (equal_ignoring_case(type, "application/x-ndjson")) return Media::ndjson;
  return Media::other;
}

std::optional<Error> refuse_content(const Content& content, Body accepted) {
  if (!content.encoding.empty() && !equal_ignoring_case(content.encoding, "identity")) {
    return Error{.kind = Errc::invalid,
                 .code = "content_encoding_unsupported",
                 .detail = fmt::format("Content-Encoding {} is not supported", content.encoding),
                 .hint = "send the body without compression"};
  }
  // A route that needs a body says itself that it is missing.
  const bool has_content = content.has_body || !content.type.empty();
  if (!has_content || accepts(accepted, parse_media(content.type))) return std::nullopt;
  return unsupported_type(content.type, accepted);
}

}  // namespace xzepr::api
