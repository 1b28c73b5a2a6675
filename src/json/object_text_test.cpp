#include "json/object_text.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace xzepr::json {
namespace {

TEST(ObjectText, WritesEachKindOfMemberInTheOrderOfTheCalls) {
  std::string out;
  ObjectText object(out);
  object.text("text", "a\"b");
  object.number("number", -7);
  object.flag("flag", true);
  object.time("time", TimePoint{});
  object.time("never", std::nullopt);
  object.ulid("ulid", Ulid{});
  object.json("json", "[1]");
  object.key("list");
  append_array(out, std::vector{1, 2}, [](std::string& to, int one) { to += std::to_string(one); });
  object.close();
  EXPECT_EQ(out,
            R"({"text":"a\"b","number":-7,"flag":true,"time":"1970-01-01T00:00:00.000000Z","never":null,)"
            R"("ulid":"00000000000000000000000000","json":[1],"list":[1,2]})");
}

TEST(ObjectText, AnObjectWithoutMembersIsEmpty) {
  std::string out;
  ObjectText(out).close();
  EXPECT_EQ(out, "{}");
}

}  // namespace
}  // namespace xzepr::json
