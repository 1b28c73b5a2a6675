// Writes one JSON object member by member into a string: the answers that are asked for often are rendered
// without building a value first. Names are ours and need no escapes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ulid.hpp"

namespace xzepr::json {

class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }

  void text(std::string_view name, std::string_view value);
  void number(std::string_view name, std::int64_t value);
  void flag(std::string_view name, bool value);
  void time(std::string_view name, TimePoint value);
  void time(std::string_view name, const std::optional<TimePoint>& value);  ///< absent: null
  void ulid(std::string_view name, const Ulid& value);
  void null(std::string_view name);
  /// JSON text as it is.
  void json(std::string_view name, std::string_view value);
  /// The caller appends the value itself, next.
  void key(std::string_view name);
  template <class Tag>
  void id(std::string_view name, const Id<Tag>& value) {
    ulid(name, value.value);
  }
  template <class Tag>
  void id(std::string_view name, const std::optional<Id<Tag>>& value) {
    if (value) {
      ulid(name, value->value);
    } else {
      null(name);
    }
  }
  void close() { out_ += '}'; }

 private:
  [[nodiscard]] char* put_key(char* at, std::string_view name);

  std::string& out_;
  bool is_first_ = true;
};

/// "[a,b,c]" of a range, each element appended by `append(out, element)`.
template <class Range, class Append>
void append_array(std::string& out, const Range& range, Append append) {
  out += '[';
  bool is_first = true;
  for (const auto& element : range) {
    if (!is_first) out += ',';
    is_first = false;
    append(out, element);
  }
  out += ']';
}

}  // namespace xzepr::json
