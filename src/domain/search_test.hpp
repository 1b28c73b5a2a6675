// What the tests of search share: an event and a search in few words.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/event_search.hpp"
#include "json/parse.hpp"

namespace xzepr::domain {

inline Event event_of(std::string description, std::string payload = "{}") {
  Event event;
  event.artifact = {
      .name = "web-app", .version = "1.4", .release = "9", .platform_id = "amd64", .package = "rpm"};
  event.description = std::move(description);
  event.payload = std::move(payload);
  return event;
}

inline EventSearch where(std::string pointer, std::string_view value, std::string_view words = "") {
  std::vector<PayloadCondition> payload;
  payload.push_back({std::move(pointer), *json::parse(value)});
  return {words, std::move(payload)};
}

}  // namespace xzepr::domain
