// Posting events, one or many.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/api.hpp"

namespace xzepr::client {

/// An event as a person names it; everything else of the body is made from it.
struct NewEvent {
  std::string receiver;  ///< id, "name" or "name@version"; empty: the key's default receiver
  std::string name;
  std::string version;
  std::string release;
  std::string platform_id;
  std::string package;
  std::string description = {};
  bool success = true;
  std::optional<std::string> event_start = std::nullopt;
  std::optional<std::string> event_end = std::nullopt;
  json::Value payload = json::Object{};
};
[[nodiscard]] json::Value body_of(const NewEvent& event);

/// One item's result in the answer to a batch.
struct BatchItem {
  int status = 0;  ///< as if it had been posted alone: 201, 400, ...
  bool is_replayed = false;
  std::string id = {};
  std::optional<Failure> failure = std::nullopt;
};

/// One per item, in order; a Failure when the answer has another number of results.
[[nodiscard]] std::expected<std::vector<BatchItem>, Failure> batch_items(const json::Value& answer,
                                                                         std::size_t count);

/// POST /events/batch with newline-delimited JSON.
[[nodiscard]] Call batch_call(std::string ndjson);

}  // namespace xzepr::client
