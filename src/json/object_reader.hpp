// Reads one JSON object field by field and reports every fault at once: wrong types, missing and unknown
// members. Used wherever a request, a file or an answer becomes a value of ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "json/value.hpp"

namespace xzepr::json {

class ObjectReader {
 public:
  /// `base` is the JSON Pointer of this object in the request, "" for the whole body. A value that is no
  /// object counts as a violation of "type" and reads as empty. `value` must outlive the reader.
  explicit ObjectReader(const Value& value, std::string base = {});

  /// Each reads one member and marks it as known. Absent (or null, for optional ones): nullopt.
  /// A wrong type is recorded and reads as absent.
  [[nodiscard]] std::optional<std::string_view> optional_string(std::string_view name);
  [[nodiscard]] std::optional<bool> optional_bool(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> optional_int(std::string_view name);
  [[nodiscard]] std::optional<TimePoint> optional_time(std::string_view name);
  [[nodiscard]] const Value* optional_value(std::string_view name);
  [[nodiscard]] std::optional<std::vector<std::string>> optional_strings(std::string_view name);
  /// As above; absence is recorded as a violation of "required" and reads as "".
  [[nodiscard]] std::string_view required_string(std::string_view name);
  [[nodiscard]] std::vector<std::string> required_strings(std::string_view name);

  /// Records a fault that the caller found in member `name`.
  void add(std::string_view name, std::string_view keyword, std::string message);
  void add(Violation violation);

  /// All faults so far, unknown members included (keyword "unknown", the message lists the known ones).
  /// Call once, last.
  [[nodiscard]] std::vector<Violation> finish();

 private:
  const Value* member(std::string_view name);

  const Object* object_;
  std::string base_;
  std::vector<std::string_view> known_;
  std::vector<Violation> violations_;
};

/// The Error for a body with faults: Errc::invalid, code "request_invalid", all violations, field = the
/// first's.
[[nodiscard]] Error request_invalid(std::vector<Violation> violations);

}  // namespace xzepr::json
