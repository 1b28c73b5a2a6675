// Parameters of one statement in PostgreSQL's binary format: what is bound is never part of the SQL text. One
// Params belongs to one statement; a value is copied into one buffer, so the caller's may go at once.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "domain/artifact.hpp"

namespace xzepr::store::postgres {

using Uuid = std::array<std::uint8_t, 16>;

[[nodiscard]] inline const Uuid& uuid_of(const Uuid& id) { return id; }
[[nodiscard]] inline const Uuid& uuid_of(const Ulid& id) { return id.bytes; }
[[nodiscard]] inline const Uuid& uuid_of(const domain::ArtifactId& id) { return id.bytes; }
template <class Tag>
[[nodiscard]] const Uuid& uuid_of(const Id<Tag>& id) {
  return id.value.bytes;
}

/// PostgreSQL counts microseconds from 2000-01-01.
[[nodiscard]] std::int64_t to_wire(TimePoint time);
[[nodiscard]] TimePoint from_wire(std::int64_t microseconds);

/// The type numbers of pg_type.dat that never change.
enum class TypeOid : std::uint32_t {
  boolean = 16,
  bytes = 17,
  int8 = 20,
  int2 = 21,
  text = 25,
  timestamptz = 1184,
  uuid = 2950,
  jsonb = 3802,
};

/// A one-dimensional array under construction: `count` elements are announced, then appended.
class ArrayParam {
 public:
  ArrayParam(TypeOid element, std::size_t count, std::size_t bytes_expected);

  void add(const Uuid& value);
  void add(std::string_view bytes);
  void add(std::int64_t value);
  void add(std::int16_t value);
  void add(bool value);
  void add(TimePoint value) { add(to_wire(value)); }
  void add_jsonb(std::string_view text);
  void add_null();
  template <class T>
  void add_optional(const std::optional<T>& value) {
    value ? add(uuid_of(*value)) : add_null();
  }

  [[nodiscard]] std::string take();

 private:
  void length(std::size_t bytes);

  std::string out_;
  std::size_t left_;
};

class Params {
 public:
  Params& uuid(const Uuid& value);
  template <class T>
  Params& id(const T& value) {
    return uuid(uuid_of(value));
  }
  Params& text(std::string_view value);
  Params& bytes(std::string_view value) { return text(value); }
  Params& int8(std::int64_t value);
  Params& boolean(bool value);
  Params& time(TimePoint value) { return int8(to_wire(value)); }
  Params& null();
  template <class T>
  Params& optional_id(const std::optional<T>& value) {
    return value ? uuid(uuid_of(*value)) : null();
  }
  Params& optional_time(const std::optional<TimePoint>& value) { return value ? time(*value) : null(); }
  Params& array(ArrayParam value) { return text(value.take()); }
  template <class Range>
  Params& ids(const Range& range) {
    ArrayParam array_of(TypeOid::uuid, range.size(), range.size() * 20);
    for (const auto& one : range) array_of.add(uuid_of(one));
    return array(std::move(array_of));
  }

  [[nodiscard]] std::size_t size() const { return slots_.size(); }
  /// How the next one is written: "$3".
  [[nodiscard]] std::string next_name() const;
  /// What libpq wants; valid until this is changed or moved.
  void render(std::vector<const char*>& values, std::vector<int>& lengths, std::vector<int>& formats) const;

 private:
  struct Slot {
    std::size_t offset;
    int length;  // -1: null
  };

  std::string buffer_;
  std::vector<Slot> slots_;
};

}  // namespace xzepr::store::postgres
