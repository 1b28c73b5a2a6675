#include "redis/reply.hpp"

#include <gtest/gtest.h>

namespace xzepr::redis {
namespace {

using Kind = Reply::Kind;

Reply only_reply(std::string_view bytes) {
  ReplyReader reader;
  reader.feed(bytes);
  auto reply = reader.next();
  EXPECT_TRUE(reply && *reply) << bytes;
  const auto nothing_more = reader.next();
  EXPECT_TRUE(nothing_more && !*nothing_more) << bytes;
  return reply && *reply ? **reply : Reply{};
}

std::string refusal(std::string_view bytes) {
  ReplyReader reader;
  reader.feed(bytes);
  const auto reply = reader.next();
  return reply ? std::string() : std::string(reply.error());
}

TEST(ReplyReader, ReadsEachKind) {
  EXPECT_EQ(only_reply("+OK\r\n"), (Reply{.kind = Kind::text, .text = "OK"}));
  EXPECT_EQ(only_reply("-ERR no\r\n"), (Reply{.kind = Kind::error, .text = "ERR no"}));
  EXPECT_EQ(only_reply(":-42\r\n"), (Reply{.kind = Kind::integer, .integer = -42}));
  EXPECT_EQ(only_reply("$4\r\na\r\nb\r\n"), (Reply{.kind = Kind::text, .text = "a\r\nb"}));
  EXPECT_EQ(only_reply("$0\r\n\r\n"), (Reply{.kind = Kind::text}));
  EXPECT_EQ(only_reply("$-1\r\n"), Reply{});
  EXPECT_EQ(only_reply("*-1\r\n"), Reply{});
  EXPECT_EQ(only_reply("*0\r\n"), (Reply{.kind = Kind::array}));
  const Reply one{.kind = Kind::integer, .integer = 1};
  const Reply nested{.kind = Kind::array, .elements = {one}};
  EXPECT_EQ(only_reply("*2\r\n:1\r\n*1\r\n:1\r\n"), (Reply{.kind = Kind::array, .elements = {one, nested}}));
}

TEST(ReplyReader, FindsRepliesHoweverTheStreamIsCut) {
  const std::string bytes = "+OK\r\n*2\r\n$3\r\nfoo\r\n:7\r\n$-1\r\n-NO\r\n";
  ReplyReader reader;
  std::vector<Reply> found;
  for (const char byte : bytes) {
    reader.feed({&byte, 1});
    auto reply = reader.next();
    ASSERT_TRUE(reply);
    if (*reply) found.push_back(**reply);
  }
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].text, "OK");
  EXPECT_EQ(found[1].elements[1].integer, 7);
  EXPECT_EQ(found[2].kind, Kind::nothing);
  EXPECT_TRUE(found[3].is_error());
}

TEST(ReplyReader, GivesPipelinedRepliesOneByOne) {
  ReplyReader reader;
  reader.feed(":1\r\n:2\r\n:3");
  EXPECT_EQ((*reader.next())->integer, 1);
  EXPECT_EQ((*reader.next())->integer, 2);
  EXPECT_FALSE(*reader.next());
  reader.feed("\r\n");
  EXPECT_EQ((*reader.next())->integer, 3);
}

TEST(ReplyReader, RefusesWhatIsNotResp2) {
  for (const auto* bytes : {"HTTP/1.1 400 Bad Request\r\n", "%1\r\n", "_\r\n", "\r\n", ":x\r\n", ":\r\n",
                            ":+1\r\n", ": 1\r\n", ":9223372036854775808\r\n", "$-2\r\n", "$3\r\nabcd\r\n",
                            "*-2\r\n", "+a\nb\r\n", "+a\rb\r\n", "*1\r\n?\r\n"})
    EXPECT_NE(refusal(bytes), "") << bytes;
}

TEST(ReplyReader, RefusesWhatIsBeyondTheBounds) {
  EXPECT_NE(refusal("$16385\r\n"), "");
  EXPECT_EQ(refusal("$16000\r\n"), "");
  EXPECT_NE(refusal("*257\r\n"), "");
  EXPECT_EQ(refusal("*256\r\n"), "");
  EXPECT_NE(refusal("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"), "");
  EXPECT_EQ(only_reply("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n").elements.size(), 1U);
  EXPECT_NE(refusal("+" + std::string(ReplyReader::reply_bytes_max, 'x')), "") << "without an end";
  EXPECT_NE(refusal("+" + std::string(ReplyReader::reply_bytes_max, 'x') + "\r\n"), "");
}

TEST(EncodeCommand, WritesAnyBytes) {
  const std::vector<std::string_view> words = {"SET", "a\r\nb", ""};
  EXPECT_EQ(encode_command(words), "*3\r\n$3\r\nSET\r\n$4\r\na\r\nb\r\n$0\r\n\r\n");
}

}  // namespace
}  // namespace xzepr::redis
