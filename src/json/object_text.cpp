#include "json/object_text.hpp"

#include <fmt/format.h>

#include "base/append.hpp"
#include "base/time_text.hpp"
#include "json/write.hpp"

namespace xzepr::json {
namespace {

// What put_key() puts beside the name, and the quotes of a value.
constexpr std::size_t key_overhead = 4;
constexpr std::size_t quotes = 2;

template <class Put>
char* put_quoted(char* at, Put put_text) {
  *at++ = '"';
  at = put_text(at);
  *at++ = '"';
  return at;
}

char* put_quoted(char* at, std::string_view text) {
  return put_quoted(at, [text](char* to) { return put(to, text); });
}

}  // namespace

char* ObjectText::put_key(char* at, std::string_view name) {
  if (!is_first_) *at++ = ',';
  is_first_ = false;
  at = put_quoted(at, name);
  *at++ = ':';
  return at;
}

void ObjectText::key(std::string_view name) {
  append_with(out_, name.size() + key_overhead, [&](char* at) { return put_key(at, name); });
}

void ObjectText::text(std::string_view name, std::string_view value) {
  if (plain_bytes(value) == value.size()) {
    append_with(out_, name.size() + key_overhead + value.size() + quotes,
                [&](char* at) { return put_quoted(put_key(at, name), value); });
  } else {
    key(name);
    append_string(out_, value);
  }
}

void ObjectText::number(std::string_view name, std::int64_t value) {
  key(name);
  const fmt::format_int digits(value);
  out_.append(digits.data(), digits.size());
}

void ObjectText::flag(std::string_view name, bool value) { json(name, value ? "true" : "false"); }

void ObjectText::time(std::string_view name, TimePoint value) {
  append_with(out_, name.size() + key_overhead + time_characters + quotes, [&](char* at) {
    return put_quoted(put_key(at, name), [&value](char* to) { return put_time(to, value); });
  });
}

void ObjectText::time(std::string_view name, const std::optional<TimePoint>& value) {
  if (value) {
    time(name, *value);
  } else {
    null(name);
  }
}

void ObjectText::ulid(std::string_view name, const Ulid& value) {
  append_with(out_, name.size() + key_overhead + ulid_characters + quotes, [&](char* at) {
    return put_quoted(put_key(at, name), [&value](char* to) { return put_ulid(to, value); });
  });
}

void ObjectText::null(std::string_view name) { json(name, "null"); }

void ObjectText::json(std::string_view name, std::string_view value) {
  append_with(out_, name.size() + key_overhead + value.size(),
              [&](char* at) { return put(put_key(at, name), value); });
}

}  // namespace xzepr::json
