#include "app/config/yaml_tree.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace xzepr::app {
namespace {

std::string fault_of(std::string_view text) {
  const auto tree = parse_yaml(text);
  return tree ? std::string("none") : std::to_string(tree.error().line) + ": " + tree.error().message;
}

TEST(YamlTree, KeepsOrderLinesAndKinds) {
  const auto tree =
      parse_yaml("server:\n  port: 8042\n  host: \"::1\"\nkafka: {brokers: [a, b]}\nnothing:\n");
  ASSERT_TRUE(tree);
  ASSERT_EQ(tree->members.size(), 3U);
  const YamlNode& server = tree->members[0].second;
  EXPECT_EQ(server.members[0].second.line, 2);
  EXPECT_EQ(server.members[0].second.kind, YamlNode::Kind::plain);
  EXPECT_EQ(server.members[1].second.kind, YamlNode::Kind::quoted);
  EXPECT_EQ(tree->members[1].second.members[0].second.items.size(), 2U);
  EXPECT_EQ(tree->members[2].second.kind, YamlNode::Kind::null);
}

TEST(YamlTree, AnEmptyFileIsAMapWithoutMembers) {
  for (const std::string_view text : {"", "\n\n", "# only a comment\n", "---\n", "~\n"}) {
    const auto tree = parse_yaml(text);
    ASSERT_TRUE(tree) << text;
    EXPECT_EQ(tree->kind, YamlNode::Kind::map);
    EXPECT_TRUE(tree->members.empty());
  }
}

TEST(YamlTree, RefusesWhatCouldBeReadInTwoWays) {
  EXPECT_EQ(fault_of("a: 1\nb: 2\na: 3\n"), "3: the key \"a\" stands here twice");
  EXPECT_EQ(fault_of("a: &x 1\nb: *x\n"), "1: an anchor (&name); write the value out");
  EXPECT_EQ(fault_of("a: !!int 1\n"), "1: a tag (tag:yaml.org,2002:int)");
  EXPECT_EQ(fault_of("a: 1\n---\nb: 2\n"), "2: a second document (---)");
  EXPECT_EQ(fault_of("[a]: 1\n"), "1: a key that is no plain word");
  EXPECT_EQ(fault_of("a: 1\n\"b\\nc\": 1\n"), "2: a key that is no plain word");
  EXPECT_EQ(fault_of("a: [1\n").substr(0, 10), "2: not YAM");
  EXPECT_EQ(fault_of("a: 1\n...\n# end\n---\n"), "4: a second document (---)");
  EXPECT_EQ(fault_of("a: 1\nb: \xff\n"), "2: not UTF-8 text");
  EXPECT_EQ(fault_of(std::string_view("a: 1\n\nb: \0", 10)), "3: not UTF-8 text");
}

TEST(YamlTree, BoundsSizeDepthAndCount) {
  EXPECT_EQ(fault_of(std::string(yaml_bytes_max + 1, 'a')), "0: larger than 262144 bytes");
  EXPECT_EQ(fault_of(std::string(17, '[') + std::string(17, ']')), "1: nested deeper than 16");
  EXPECT_EQ(fault_of(std::string(100'000, '[')), "1: nested too deep");
  EXPECT_EQ(fault_of(std::string(100'000, '{')), "1: nested too deep");
  std::string many = "a: [";
  for (std::size_t i = 0; i < yaml_nodes_max; ++i) many += "1,";
  EXPECT_EQ(fault_of(many + "]"), "1: more than 10000 values");
}

TEST(YamlTree, RefusesBillionLaughsWithoutLaughing) {
  std::string bomb = "a: &a [lol]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i > 0 ? "," : "") + "*" + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(fault_of(bomb), "1: an anchor (&name); write the value out");
}

TEST(YamlTree, NastyTextsEndSoon) {
  const auto repeat = [](std::string_view piece) {
    std::string text;
    while (text.size() + piece.size() <= yaml_bytes_max) text += piece;
    return text;
  };
  std::string deep;
  for (std::size_t i = 0; deep.size() + i + 3 < yaml_bytes_max; ++i) deep += std::string(i, ' ') + "a:\n";
  std::string dashes;
  while (dashes.size() < yaml_bytes_max - 2) dashes += "- ";
  const auto started = std::chrono::steady_clock::now();
  for (const std::string& text : {repeat("- "), repeat("? "), repeat("a: "), repeat("\"\\x"), repeat("!"),
                                  repeat("&a "), repeat("%"), repeat("a\n"), repeat("{a:"), repeat("[,"),
                                  deep, dashes, repeat("|\n"), repeat("? a\n"), repeat("'")}) {
    EXPECT_FALSE(parse_yaml(text) && text.size() < 10) << text.substr(0, 20);
  }
  // Generous: with sanitizers, on a busy machine, all of them together.
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(60));
}

}  // namespace
}  // namespace xzepr::app
