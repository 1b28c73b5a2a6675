#include "domain/event_search.hpp"

#include <algorithm>

#include "json/parse.hpp"
#include "json/pointer.hpp"
#include "json/write.hpp"

namespace xzepr::domain {

bool EventSearch::matches(const Event& event) const {
  const auto& artifact = event.artifact;
  if (!words_.matches({artifact.name, artifact.version, artifact.package, event.description})) return false;
  if (payload_.empty()) return true;
  const auto payload = json::parse(event.payload, {.big_integers = json::BigIntegers::read_as_double});
  if (!payload) return false;
  return std::ranges::all_of(payload_, [&payload](const PayloadCondition& condition) {
    const auto* value = json::find(*payload, condition.pointer);
    return value != nullptr && json::equal(*value, condition.value);
  });
}

}  // namespace xzepr::domain
