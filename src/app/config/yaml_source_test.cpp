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

}  // namespace
}  // namespace xzepr::app
