#include <gtest/gtest.h>

#include "store/postgres/event_query.hpp"
#include "store/postgres/event_rows.hpp"
#include "store/postgres/fault.hpp"
#include "store/postgres/params.hpp"

namespace xzepr::store::postgres {
namespace {

TEST(PostgresTimes, CountFromTheYear2000) {
  const TimePoint millennium{std::chrono::seconds{946'684'800}};
  EXPECT_EQ(to_wire(millennium), 0);
  EXPECT_EQ(from_wire(-1), millennium - std::chrono::microseconds{1});
}

TEST(PostgresArrays, AreBigEndianWithALengthPerElement) {
  ArrayParam array(TypeOid::int2, 2, 12);
  array.add(std::int16_t{258});
  array.add_null();
  const auto bytes = array.take();
  const std::string expected(
      "\0\0\0\1"
      "\0\0\0\1"
      "\0\0\0\x15"
      "\0\0\0\2"
      "\0\0\0\1"
      "\0\0\0\2\1\2"
      "\xFF\xFF\xFF\xFF",
      30);
  EXPECT_EQ(bytes, expected);
}

TEST(PostgresArrays, AnEmptyOneHasNoDimension) {
  EXPECT_EQ(ArrayParam(TypeOid::uuid, 0, 0).take().size(), 12U);
}

TEST(PostgresPayloads, NumbersSpelledOutBecomeShortAgain) {
  EXPECT_EQ(payload_of(R"({"a": 12, "b": "x"})"), R"({"a": 12, "b": "x"})");
  EXPECT_EQ(payload_of(R"({"a": 1000000000000000000000000})"), R"({"a":1e+24})");
  EXPECT_EQ(payload_of(R"([18446744073709551615])"), R"([18446744073709551615])");
  EXPECT_EQ(payload_of("[0." + std::string(30, '0') + "25]"), "[2.5e-31]");
}

TEST(PostgresFaultKinds, FollowTheSqlState) {
  using Kind = Fault::Kind;
  EXPECT_EQ(kind_of_sqlstate("53100"), Kind::storage_full);
  EXPECT_EQ(kind_of_sqlstate("53300"), Kind::unavailable);
  EXPECT_EQ(kind_of_sqlstate("23505"), Kind::refused);
  EXPECT_EQ(kind_of_sqlstate("22021"), Kind::refused);
  EXPECT_EQ(kind_of_sqlstate("57P01"), Kind::unavailable);
  EXPECT_EQ(kind_of_sqlstate("25006"), Kind::unavailable);
  EXPECT_EQ(kind_of_sqlstate("42P01"), Kind::corrupt);
  EXPECT_EQ(kind_of_sqlstate(""), Kind::unavailable);
}

TEST(PostgresLists, NoValueIsPartOfTheSql) {
  const std::string value = "x'); DROP TABLE events; --";
  EventQuery events;
  events.name = events.version = events.release = events.platform_id = events.package = value;
  events.receivers = {ReceiverId{}};
  events.since = events.until = events.start_since = events.end_until = TimePoint{};
  events.after = EventId{};
  ArtifactQuery artifacts;
  artifacts.name = artifacts.version = value;
  artifacts.receivers = {ReceiverId{}};
  const std::vector<std::int64_t> numbers{1};
  for (const auto& query :
       {event_list(events), event_list(events, numbers), artifacts_named(events), artifact_list(artifacts),
        artifact_list(artifacts, numbers), artifacts_of_receivers(artifacts)}) {
    EXPECT_EQ(query.sql.find("DROP"), std::string::npos) << query.sql;
    EXPECT_NE(query.sql.find(query.params.next_name()), 0U);
  }
}

TEST(PostgresLists, AStateThatLiesBehindIsNotWalked) {
  using enum domain::GateState;
  GateListQuery query;
  query.after = GateListQuery::After{.state = pending, .since = {}, .artifact_id = {}};
  const auto behind = gate_list(query).sql;
  EXPECT_EQ(behind.find("g.state = 2"), std::string::npos);
  EXPECT_NE(behind.find("g.state = 3"), std::string::npos);
  query.state = failing;
  EXPECT_TRUE(gate_list(query).sql.empty());
  query.state = disabled;
  EXPECT_TRUE(gate_list(query).sql.empty());
}

}  // namespace
}  // namespace xzepr::store::postgres
