// What a route promises beside its path: the body it takes, its answers and its refusals, named so that the
// description of the API can tell and a mistake does not compile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "api/error_codes.hpp"
#include "base/assert.hpp"

namespace xzepr::api {

enum class Body : std::uint8_t { none, json, json_or_ndjson };  ///< what the request's body may be

/// A body never comes without the name of its schema (rest/schemas.hpp).
struct RequestBody {
  Body media = Body::none;
  std::string_view schema = {};
};
[[nodiscard]] constexpr RequestBody json_body(std::string_view schema) { return {Body::json, schema}; }
/// `schema` is of the array; its items are the lines.
[[nodiscard]] constexpr RequestBody json_or_ndjson_body(std::string_view schema) {
  return {Body::json_or_ndjson, schema};
}

/// Request headers that only some routes read.
enum class Reads : std::uint8_t { common = 0, idempotency_key = 1, if_match = 2, if_none_match = 4 };
/// Answer headers that only some routes set.
enum class Carries : std::uint8_t {
  common = 0,
  etag = 1,
  location = 2,
  link = 4,
  replayed = 8,
  redirect = 16,
  cookies = 32
};
[[nodiscard]] constexpr Reads operator|(Reads a, Reads b) {
  return static_cast<Reads>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
[[nodiscard]] constexpr Carries operator|(Carries a, Carries b) {
  return static_cast<Carries>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
[[nodiscard]] constexpr bool has(Reads all, Reads one) {
  return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}
[[nodiscard]] constexpr bool has(Carries all, Carries one) {
  return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}

struct Answer {
  int status;
  std::string_view about;        ///< when it comes
  std::string_view schema = {};  ///< of its JSON body, by name; "" without one
  Carries carries = Carries::common;
  std::string_view media_type = "application/json";
};
[[nodiscard]] constexpr Answer ok(std::string_view schema, Carries carries = Carries::common) {
  return {200, "As asked.", schema, carries};
}
[[nodiscard]] constexpr Answer page_of(std::string_view schema) {
  return {200, "One page of the list.", schema, Carries::link};
}
[[nodiscard]] constexpr Answer created(std::string_view schema, Carries carries) {
  return {201, "Made.", schema, carries};
}
[[nodiscard]] constexpr Answer done(Carries carries = Carries::common) {
  return {204, "Done.", {}, carries, {}};
}
/// A browser goes on elsewhere.
[[nodiscard]] constexpr Answer redirects(std::string_view about, Carries carries = Carries::common) {
  return {302, about, {}, Carries::redirect | carries, {}};
}
/// A body that is not JSON.
[[nodiscard]] constexpr Answer not_modified() {
  return {304, "The ETag in If-None-Match is the present one.", {}, Carries::etag, {}};
}
[[nodiscard]] constexpr Answer text_answer(std::string_view media_type, Carries carries = Carries::common) {
  return {200, "As asked.", {}, carries, media_type};
}

/// At least one, at most three.
class Answers {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a route table reads `.answers = ok("Event")`
  constexpr Answers(Answer only) : answers_{only}, count_(1) {}
  constexpr Answers(std::initializer_list<Answer> answers) : answers_{} {
    XZEPR_ASSERT(answers.size() >= 1 && answers.size() <= answers_.size());
    for (const auto& answer : answers) answers_[count_++] = answer;
  }
  // NOLINTEND(google-explicit-constructor)
  [[nodiscard]] constexpr std::span<const Answer> all() const { return {answers_.data(), count_}; }

 private:
  std::array<Answer, 3> answers_;
  std::size_t count_ = 0;
};

/// A code that a route may answer with, beside those that the pipeline gives for any route. The status must
/// be one of the code's own; without one it is the code's first.
struct Refusal {
  std::string_view code;
  int status = 0;

  constexpr Refusal() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a route table reads `.refusals = {"event_unknown"}`
  constexpr Refusal(const char* name, int with = 0) : code(name), status(with) {
    const auto row = find_code(code);
    XZEPR_ASSERT(row.has_value());
    if (status == 0) status = row->status;
    XZEPR_ASSERT(status == row->status || status == row->other_status);
  }
};

class Refusals {
 public:
  constexpr Refusals() = default;
  constexpr Refusals(std::initializer_list<Refusal> refusals) {
    XZEPR_ASSERT(refusals.size() <= refusals_.size());
    for (const auto& refusal : refusals) refusals_[count_++] = refusal;
  }
  [[nodiscard]] constexpr std::span<const Refusal> all() const { return {refusals_.data(), count_}; }

 private:
  std::array<Refusal, 13> refusals_{};
  std::size_t count_ = 0;
};

}  // namespace xzepr::api
