#include "service/page.hpp"

#include <gtest/gtest.h>

namespace xzepr::service {
namespace {

QueryText query(const char* name) {
  QueryText out("events", UserId{});
  out.add("name", std::optional<std::string>(name));
  return out;
}

}  // namespace

TEST(Cursor, ComesBackForItsOwnQueryOnly) {
  const CursorCodec codec("secret");
  const auto cursor = codec.encode(query("a").text(), "position");
  EXPECT_EQ(codec.decode(query("a").text(), cursor).value_or("?"), "position");
  EXPECT_EQ(codec.decode(query("b").text(), cursor).error().code, "cursor_invalid");
  EXPECT_FALSE(CursorCodec("other secret").decode(query("a").text(), cursor).has_value());
}

TEST(Cursor, OfAnotherUserIsRefused) {
  const CursorCodec codec("secret");
  const UserId other{UlidSource().next(TimePoint{})};
  const auto cursor = codec.encode(QueryText("events", UserId{}).text(), "p");
  EXPECT_FALSE(codec.decode(QueryText("events", other).text(), cursor).has_value());
}

TEST(Cursor, WithAnyCharacterChangedIsRefused) {
  const CursorCodec codec("secret");
  const auto cursor = codec.encode("q", "01J0");
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    auto forged = cursor;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(codec.decode("q", forged).has_value()) << i;
  }
  for (const std::string text : {"", "A", "!!!!", "AAAA"})
    EXPECT_FALSE(codec.decode("q", text).has_value()) << text;
  EXPECT_FALSE(codec.decode("q", std::string(100'000, 'A')).has_value());
}

TEST(QueryText, OfDifferentFiltersIsNeverTheSame) {
  QueryText a("l", UserId{});
  a.add("name", std::optional<std::string>("x4:type"));
  QueryText b("l", UserId{});
  b.add("name", std::optional<std::string>("x")).add("type", std::optional<std::string>(""));
  EXPECT_NE(a.text(), b.text());
  QueryText absent("l", UserId{});
  absent.add("name", std::optional<std::string>());
  EXPECT_EQ(absent.text(), QueryText("l", UserId{}).text());
}

TEST(Page, HasANextOnlyWhenThereIsMore) {
  const CursorCodec codec("secret");
  const auto key_of = [](int row) { return std::to_string(row); };
  const PageRequest request{.limit = 2, .after = {}};
  const auto cut = cut_page(std::vector<int>{1, 2, 3}, request, codec, query("a"), key_of);
  EXPECT_EQ(cut.items, (std::vector<int>{1, 2}));
  ASSERT_TRUE(cut.next.has_value());
  EXPECT_EQ(codec.decode(query("a").text(), *cut.next).value_or("?"), "2");
  EXPECT_FALSE(cut_page(std::vector<int>{1, 2}, request, codec, query("a"), key_of).next.has_value());
}

TEST(Page, LimitIsOneToAThousand) {
  const CursorCodec codec("secret");
  for (const std::size_t limit : {std::size_t{0}, std::size_t{1001}}) {
    const auto position = position_of({.limit = limit, .after = {}}, codec, query("a"));
    ASSERT_FALSE(position.has_value());
    EXPECT_EQ(position.error().code, "request_invalid");
  }
  EXPECT_TRUE(position_of({.limit = 1000, .after = {}}, codec, query("a")).has_value());
}

TEST(Page, APositionThatIsNoIdIsRefused) {
  const CursorCodec codec("secret");
  const PageRequest request{.limit = 1, .after = codec.encode(query("a").text(), "no id")};
  EXPECT_EQ(id_position_of<EventId>(request, codec, query("a")).error().code, "cursor_invalid");
}

}  // namespace xzepr::service
