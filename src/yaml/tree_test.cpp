#include "yaml/tree.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace xzepr::yaml {
namespace {

std::string fault_of(std::string_view text) {
  const auto tree = parse_config(text);
  return tree ? std::string("none") : std::to_string(tree.error().line) + ": " + tree.error().message;
}

TEST(YamlTree, KeepsOrderLinesAndKinds) {
  const auto tree =
      parse_config("server:\n  port: 8042\n  host: \"::1\"\nkafka: {brokers: [a, b]}\nnothing:\n");
  ASSERT_TRUE(tree);
  ASSERT_EQ(tree->members.size(), 3U);
  const Node& server = tree->members[0].second;
  EXPECT_EQ(server.members[0].second.line, 2);
  EXPECT_EQ(server.members[0].second.kind, Node::Kind::plain);
  EXPECT_EQ(server.members[1].second.kind, Node::Kind::quoted);
  EXPECT_EQ(tree->members[1].second.members[0].second.items.size(), 2U);
  EXPECT_EQ(tree->members[2].second.kind, Node::Kind::null);
}

TEST(YamlTree, AnEmptyFileIsAMapWithoutMembers) {
  for (const std::string_view text : {"", "\n\n", "# only a comment\n", "---\n", "~\n"}) {
    const auto tree = parse_config(text);
    ASSERT_TRUE(tree) << text;
    EXPECT_EQ(tree->kind, Node::Kind::map);
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
  EXPECT_EQ(fault_of(std::string(config_limits.bytes_max + 1, 'a')), "0: larger than 262144 bytes");
  EXPECT_EQ(fault_of(std::string(17, '[') + std::string(17, ']')), "1: nested deeper than 16");
  EXPECT_EQ(fault_of(std::string(100'000, '[')), "1: too many brackets are opened and not closed up to here");
  EXPECT_EQ(fault_of(std::string(100'000, '{')), "1: too many brackets are opened and not closed up to here");
  std::string many = "a: [";
  for (std::size_t i = 0; i < config_limits.nodes_max; ++i) many += "1,";
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
    while (text.size() + piece.size() <= config_limits.bytes_max) text += piece;
    return text;
  };
  std::string deep;
  for (std::size_t i = 0; deep.size() + i + 3 < config_limits.bytes_max; ++i)
    deep += std::string(i, ' ') + "a:\n";
  std::string dashes;
  while (dashes.size() < config_limits.bytes_max - 2) dashes += "- ";
  const auto started = std::chrono::steady_clock::now();
  for (const std::string& text : {repeat("- "), repeat("? "), repeat("a: "), repeat("\"\\x"), repeat("!"),
                                  repeat("&a "), repeat("%"), repeat("a\n"), repeat("{a:"), repeat("[,"),
                                  deep, dashes, repeat("|\n"), repeat("? a\n"), repeat("'")}) {
    EXPECT_FALSE(parse_config(text) && text.size() < 10) << text.substr(0, 20);
  }
  // Generous: with sanitizers, on a busy machine, all of them together.
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(60));
}

constexpr Limits document_limits = {.bytes_max = 1'048'576,
                                    .depth_max = 8,
                                    .nodes_max = 1'000,
                                    .documents_max = 3,
                                    .aliases = Aliases::copied};

std::string fault_in_documents(std::string_view text) {
  const auto trees = parse_documents(text, document_limits);
  return trees ? std::string("none") : std::to_string(trees.error().line) + ": " + trees.error().message;
}

TEST(YamlDocuments, AreReadInOrderWithTheirLines) {
  const auto trees = parse_documents("a: 1\n---\n# nothing\n---\nb:\n  - 2\n", document_limits);
  ASSERT_TRUE(trees);
  ASSERT_EQ(trees->size(), 3U);
  EXPECT_EQ(trees->at(0).members.at(0).first, "a");
  EXPECT_EQ(trees->at(1).kind, Node::Kind::null);
  EXPECT_EQ(trees->at(2).members.at(0).second.items.at(0).line, 6);
  EXPECT_EQ(fault_in_documents("1\n---\n2\n---\n3\n---\n4\n"), "6: more than 3 documents");
}

TEST(YamlDocuments, AnAliasIsACopyWithinItsDocument) {
  const auto trees = parse_documents("a: &x [1, 2]\nb: *x\n*x : 1\n", document_limits);
  EXPECT_FALSE(trees) << "a list is no key";
  const auto copied = parse_documents("a: &x [1, 2]\nb: *x\n", document_limits);
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->at(0).members.at(1).second.items.size(), 2U);
  EXPECT_NE(fault_in_documents("a: &x 1\n---\nb: *x\n"), "none");
  EXPECT_EQ(fault_in_documents("a: &x [*x]\n"), "1: an alias (*name) inside of the value that it names");
}

TEST(YamlDocuments, WhatAliasesBringIsCounted) {
  std::string bomb = "a: &a [lol]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i > 0 ? "," : "") + "*" + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(fault_in_documents(bomb), "4: more than 1000 values");
  EXPECT_EQ(fault_in_documents("a: &a [[[1]]]\nb: &b [[[*a]]]\nc: [[[[*b]]]]\n"), "3: nested deeper than 8");
}

TEST(YamlDocuments, APartOfAFileHasTheFilesLines) {
  auto trees = parse_documents("a:\n  - 1\n", document_limits);
  ASSERT_TRUE(trees);
  move_lines(trees->at(0), 10);
  EXPECT_EQ(trees->at(0).line, 11);
  EXPECT_EQ(nearest(trees->at(0), "/a/0").line, 12);
}

TEST(YamlNearest, FollowsAPointerAsFarAsThereAreNodes) {
  const auto trees = parse_documents("a:\n  - b/c: 1\n    d: 2\n", document_limits);
  ASSERT_TRUE(trees);
  const Node& root = trees->at(0);
  EXPECT_EQ(nearest(root, "").line, 1);
  EXPECT_EQ(nearest(root, "/a/0/b~1c").line, 2);
  EXPECT_EQ(nearest(root, "/a/0/d").line, 3);
  EXPECT_EQ(nearest(root, "/a/0/missing").line, 2);
  EXPECT_EQ(nearest(root, "/a/7").line, 2);
  EXPECT_EQ(nearest(root, "no pointer").line, 1);
}

}  // namespace
}  // namespace xzepr::yaml
