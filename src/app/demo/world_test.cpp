#include "app/demo/world.hpp"

#include <set>

#include <gtest/gtest.h>

#include "app/demo/story.hpp"
#include "client/documents.hpp"

namespace xzepr::app::demo {
namespace {

TEST(World, CanBeReadAndHasEveryReceiverOfTheStory) {
  std::vector<client::SourceDocument> documents;
  std::vector<client::SourceFault> faults;
  client::read_documents(documents, faults, "world", world_documents());
  EXPECT_TRUE(faults.empty());
  std::set<std::string> receivers;
  for (const auto& document : documents) {
    if (client::text_of(document.value, "kind") == "receiver")
      receivers.insert(client::text_of(document.value, "name"));
  }
  EXPECT_EQ(documents.size(), receivers.size() + 4);
  Story story(3);
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(receivers.contains(story.next().event.receiver));
}

}  // namespace
}  // namespace xzepr::app::demo
