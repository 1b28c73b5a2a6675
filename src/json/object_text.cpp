#include "json/object_text.hpp"

#include <fmt/format.h>

#include "base/time_text.hpp"
#include "json/write.hpp"

namespace xzepr::json {

void ObjectText::key(std::string_view name) {
  out_ += is_first_ ? "\"" : ",\"";
  is_first_ = false;
  out_ += name;
  out_ += "\":";
}

void ObjectText::text(std::string_view name, std::string_view value) {
  key(name);
  append_string(out_, value);
}

void ObjectText::number(std::string_view name, std::int64_t value) {
  key(name);
  const fmt::format_int digits(value);
  out_.append(digits.data(), digits.size());
}

void ObjectText::flag(std::string_view name, bool value) { json(name, value ? "true" : "false"); }

void ObjectText::time(std::string_view name, TimePoint value) {
  key(name);
  out_ += '"';
  append_time(out_, value);
  out_ += '"';
}

void ObjectText::time(std::string_view name, const std::optional<TimePoint>& value) {
  if (value) {
    time(name, *value);
  } else {
    null(name);
  }
}

void ObjectText::ulid(std::string_view name, const Ulid& value) {
  key(name);
  out_ += '"';
  append_ulid(out_, value);
  out_ += '"';
}

void ObjectText::null(std::string_view name) { json(name, "null"); }

void ObjectText::json(std::string_view name, std::string_view value) {
  key(name);
  out_ += value;
}

}  // namespace xzepr::json
