#include <chrono>

#include <gtest/gtest.h>

#include "app/config/source.hpp"

namespace xzepr::app {
namespace {

std::string fault_of(std::string_view text) {
  const Reading reading = read_yaml(text, "x.yaml", {{"NAMES", "a, b"}, {"EMPTY", ""}});
  return reading.problems.empty() ? "none" : reading.problems.front().message;
}

TEST(YamlSource, AListsItemsAreWhatAVariableCouldSayToo) {
  EXPECT_EQ(fault_of("kafka: {brokers: [a, \"b c\"]}\n"), "none");
  EXPECT_EQ(fault_of("kafka: {brokers: []}\n"), "none");
  EXPECT_EQ(fault_of("kafka: {brokers: \"${NAMES}\"}\n"), "none");
  for (const std::string_view item :
       {"\"a,b\"", "\" a\"", "\"a\\t\"", "\"\"", "\"${NAMES}\"", "\"${EMPTY}\""}) {
    EXPECT_EQ(fault_of("kafka: {brokers: [" + std::string(item) + "]}\n"),
              "has an item that is empty, holds a comma or has blanks around it")
        << item;
  }
}

// What makes other readers run out of memory, or read one thing where a person reads another.
TEST(YamlSource, F32AHostileFileIsRefusedAtOnce) {
  std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name <= 'z'; ++name) {
    laughs += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 9; ++i) laughs += std::string(i > 0 ? ", " : "") + "*" + static_cast<char>(name - 1);
    laughs += "]\n";
  }
  const auto begun = std::chrono::steady_clock::now();
  for (const auto& text : {laughs, std::string(100'000, '['), std::string("server: {port: 1, port: 2}\n"),
                           std::string("server: !!python/object:os.system {port: 1}\n"),
                           std::string("server: &x {port: *x}\n"), std::string("a: 1\n---\nb: 2\n")}) {
    EXPECT_NE(fault_of(text), "none") << text.substr(0, 40);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{10});
}

}  // namespace
}  // namespace xzepr::app
