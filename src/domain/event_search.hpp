// What a search of events asks for, and which events answer it. The stores' indexes only propose events: each
// is looked at with matches(), so both stores give the same answers. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/event.hpp"
#include "domain/word_search.hpp"
#include "json/value.hpp"

namespace xzepr::domain {

/// The value at `pointer` (RFC 6901) equals `value` as JSON: 1 equals 1.0, member order does not count, "1"
/// does not equal 1. Where nothing is, nothing matches, null neither.
struct PayloadCondition {
  std::string pointer;
  json::Value value;
};

class EventSearch {
 public:
  EventSearch(std::string_view words, std::vector<PayloadCondition> payload)
      : words_(words), payload_(std::move(payload)) {}

  /// It asks for nothing, so that every event matches.
  [[nodiscard]] bool is_empty() const { return words_.words().empty() && payload_.empty(); }
  /// Words are looked for in name, version, package and description.
  [[nodiscard]] bool matches(const Event& event) const;

  [[nodiscard]] const WordSearch& words() const { return words_; }
  [[nodiscard]] const std::vector<PayloadCondition>& payload() const { return payload_; }

 private:
  WordSearch words_;
  std::vector<PayloadCondition> payload_;
};

}  // namespace xzepr::domain
