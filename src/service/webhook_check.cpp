#include "service/webhook_check.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/object_reader.hpp"
#include "service/lookup.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

void clean_member(std::string& text, const TextRule& rule, std::string_view pointer,
                  std::vector<Violation>& faults) {
  auto cleaned = clean_text(text, rule);
  if (cleaned) {
    text = *std::move(cleaned);
    return;
  }
  cleaned.error().pointer = pointer;
  faults.push_back(std::move(cleaned).error());
}

void clean_pattern_member(std::optional<std::string>& text, std::string pointer,
                          std::vector<Violation>& faults) {
  if (text) clean_member(*text, {}, pointer, faults);
}

}  // namespace

domain::MessageFilter check_filter(MessageFilterRequest filter, const identity::Principal& caller,
                                   const domain::Catalogue& catalogue, std::string_view pointer,
                                   std::vector<Violation>& faults) {
  clean_pattern_member(filter.type, fmt::format("{}/type", pointer), faults);
  clean_pattern_member(filter.artifact, fmt::format("{}/artifact", pointer), faults);
  domain::MessageFilter out{.type = std::move(filter.type),
                            .artifact = std::move(filter.artifact),
                            .is_success = filter.is_success};
  if (!filter.group) return out;
  const auto group = visible_group(caller, catalogue, *filter.group);
  if (group) {
    out.group = (*group)->id;
  } else {
    faults.push_back({.pointer = fmt::format("{}/group", pointer),
                      .keyword = "exists",
                      .message = fmt::format("there is no group {}", shown(*filter.group))});
  }
  return out;
}

Result<WebhookRequest> check_webhook(WebhookRequest request, const domain::WebhookUrlRules& rules,
                                     std::vector<Violation> faults) {
  clean_member(request.name, {}, "/name", faults);
  if (parse_ulid(request.name))
    faults.push_back({.pointer = "/name", .keyword = "pattern", .message = "must not look like an id"});
  clean_member(request.description,
               {.length_min = 0,
                .length_max = limits::description_length_max,
                .controls = ControlCharacters::newline_and_tab_allowed},
               "/description", faults);
  if (const auto url = domain::check_webhook_url(request.url, rules); !url)
    faults.push_back({.pointer = "/url", .keyword = "format", .message = url.error()});
  if (request.headers) {
    if (auto why = domain::refuse_headers(*request.headers))
      faults.push_back({.pointer = "/headers", .keyword = "format", .message = *std::move(why)});
  }
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  return request;
}

}  // namespace xzepr::service
