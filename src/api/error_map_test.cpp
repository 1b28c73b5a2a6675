#include "api/error_map.hpp"

#include <gtest/gtest.h>

#include "api/answer_test.hpp"

#include "api/error_texts.hpp"
#include "json/parse.hpp"
#include "json/pointer.hpp"

namespace xzepr::api {
namespace {

TEST(ErrorMap, GivesEachErrorItsStatus) {
  EXPECT_EQ(status_of(Errc::invalid), 400);
  EXPECT_EQ(status_of(Errc::unauthenticated), 401);
  EXPECT_EQ(status_of(Errc::forbidden), 403);
  EXPECT_EQ(status_of(Errc::not_found), 404);
  EXPECT_EQ(status_of(Errc::conflict), 409);
  EXPECT_EQ(status_of(Errc::gone), 410);
  EXPECT_EQ(status_of(Errc::precondition_failed), 412);
  EXPECT_EQ(status_of(Errc::too_large), 413);
  EXPECT_EQ(status_of(Errc::idempotency_mismatch), 422);
  EXPECT_EQ(status_of(Errc::rate_limited), 429);
  EXPECT_EQ(status_of(Errc::unavailable), 503);
  EXPECT_EQ(status_of(Errc::deadline_exceeded), 504);
}

TEST(ErrorMap, RendersTheWholeProblemBody) {
  const Error error{.kind = Errc::invalid,
                    .code = "payload_invalid",
                    .detail = "1 problem",
                    .violations = {{.pointer = "/payload/a",
                                    .keyword = "type",
                                    .message = "must be \"x\"",
                                    .schema = "#/a"}},
                    .hint = "look",
                    .field = "payload"};
  const auto response = problem(error, "01J");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(
      response.body,
      R"({"type":"/docs/errors/payload_invalid","title":"Payload does not match the receiver's schema","status":400,)"
      R"("code":"payload_invalid","detail":"1 problem","request_id":"01J",)"
      R"("violations":[{"pointer":"/payload/a","keyword":"type","message":"must be \"x\"","schema":"#/a"}],)"
      R"("hint":"look","error":"payload_invalid","message":"1 problem","field":"payload"})");
}

TEST(ErrorMap, LeavesOutWhatThereIsNot) {
  const auto response = problem(Error{.kind = Errc::not_found, .code = "event_unknown", .detail = "no"}, "r");
  EXPECT_EQ(response.body.find("violations"), std::string::npos);
  EXPECT_EQ(response.body.find("hint"), std::string::npos);
  EXPECT_EQ(response.body.find("field"), std::string::npos);
}

TEST(ErrorMap, IsValidJsonWhateverTheDetailHolds) {
  const auto response = problem(Error{.kind = Errc::invalid, .code = "x", .detail = "a\"\n\x01\xff"}, "r");
  EXPECT_TRUE(json::parse(response.body));
}

TEST(ErrorMap, SaysNothingInsideForAFault) {
  const auto later = Deadline::after(std::chrono::hours{1});
  EXPECT_EQ(error_of(Fault::Kind::unavailable, later).code, "unavailable");
  EXPECT_EQ(error_of(Fault::Kind::storage_full, later).code, "storage_full");
  for (const auto kind : {Fault::Kind::refused, Fault::Kind::corrupt, Fault::Kind::fatal}) {
    const auto error = error_of(kind, later);
    EXPECT_EQ(error.code, "internal");
    EXPECT_EQ(status_of(error), 500);
  }
}

TEST(ErrorMap, TellsAStoreThatIsAwayFromARequestThatIsOutOfTime) {
  const auto passed = Deadline::after(std::chrono::seconds{-1});
  EXPECT_EQ(status_of(error_of(Fault::Kind::unavailable, passed)), 504);
}

TEST(ErrorMap, AsksToWaitWhereWaitingHelps) {
  EXPECT_EQ(header_of(problem(unavailable("x", std::chrono::seconds{7}).error(), "r"), "Retry-After"), "7");
  const Error limited{.kind = Errc::rate_limited, .code = "rate_limited", .detail = ""};
  EXPECT_EQ(header_of(problem(limited, "r"), "Retry-After"), "1");
  EXPECT_EQ(header_of(problem(internal_error(), "r"), "Retry-After"), "");
  EXPECT_EQ(header_of(problem(Error{.kind = Errc::invalid, .code = "x", .detail = ""}, "r"), "Retry-After"),
            "");
}

TEST(ErrorMap, AsksForABearerWhereACredentialIsNeeded) {
  const Error error{.kind = Errc::unauthenticated, .code = "credentials_missing", .detail = ""};
  EXPECT_EQ(header_of(problem(error, "r"), "WWW-Authenticate"), "Bearer");
}

TEST(ErrorCodes, HaveTitlesAndAreFound) {
  for (const auto& row : error_codes) EXPECT_FALSE(title_of(row.code).empty()) << row.code;
  EXPECT_EQ(title_of("no_such_code"), "");
  EXPECT_FALSE(find_code("no_such_code"));
}

}  // namespace
}  // namespace xzepr::api
