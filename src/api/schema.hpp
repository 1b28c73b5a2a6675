// JSON Schemas (2020-12) of bodies, written in few words. They are made once, for the description of the API;
// the parsers are beside them and a test compares the two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "json/value.hpp"

namespace xzepr::api {

struct NamedSchema {
  std::string_view name;  ///< "NewEvent": what a route says, and the key under components/schemas
  json::Value (*make)();
};

namespace schema {

enum class Need : std::uint8_t {
  required,
  optional,  ///< may be left out, or null, which means the same
  absent,    ///< may be left out, but is never null
};

struct Member {
  std::string_view name;
  json::Value type;
  std::string_view about;  ///< "" when the type says it all
  Need need = Need::required;
};

/// A request's object: members that are not listed are refused.
[[nodiscard]] json::Value request(std::string_view about, std::vector<Member> members);
/// An answer's object: members may be added in later versions.
[[nodiscard]] json::Value answer(std::string_view about, std::vector<Member> members);
/// The same schema with an example of the whole.
[[nodiscard]] json::Value with_example(json::Value schema, json::Value example);
[[nodiscard]] json::Value with_default(json::Value schema, json::Value value);

/// One line without control characters. A `min` of at least 1 asks for something besides white space.
[[nodiscard]] json::Value line(std::size_t min, std::size_t max);
/// Any text, with bounds when given.
[[nodiscard]] json::Value text(std::size_t min = 0, std::optional<std::size_t> max = std::nullopt);
[[nodiscard]] json::Value pattern(std::string_view ecma);
[[nodiscard]] json::Value choice(std::vector<std::string_view> values);
[[nodiscard]] json::Value flag();
[[nodiscard]] json::Value integer(std::optional<std::int64_t> min = std::nullopt,
                                  std::optional<std::int64_t> max = std::nullopt);
[[nodiscard]] json::Value number(std::int64_t min);
[[nodiscard]] json::Value time();
/// As the server writes it: a ULID.
[[nodiscard]] json::Value id();
/// As the server reads it: a ULID or a UUID.
[[nodiscard]] json::Value id_or_uuid();
[[nodiscard]] json::Value any();
[[nodiscard]] json::Value list_of(json::Value items, std::size_t min = 0,
                                  std::optional<std::size_t> max = std::nullopt);
/// An object of any names with values of one type.
[[nodiscard]] json::Value map_of(json::Value values);
[[nodiscard]] json::Value nullable(json::Value schema);
/// A schema by its name.
[[nodiscard]] json::Value ref(std::string_view name);
/// {"data": [...], "pagination": {...}}
[[nodiscard]] json::Value page_of(std::string_view name);

}  // namespace schema

}  // namespace xzepr::api
