#include "client/event_stream.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace xzepr::client {
namespace {

std::vector<std::string> read_in_pieces(std::string_view bytes, std::size_t size, std::string& last_id) {
  EventStreamReader reader;
  std::vector<std::string> said;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    reader.append(bytes.substr(at, size));
    while (const auto event = reader.next())
      said.push_back(event->id + "|" + event->name + "|" + event->data);
  }
  last_id = reader.last_id();
  return said;
}

}  // namespace

TEST(EventStream, IsReadInAnyPieces) {
  constexpr std::string_view bytes =
      "retry: 1000\nid: 1.0\n\n: a comment\n\nid: 1.1\nevent: event.created\ndata: {\"a\":1}\n\n"
      "data: two\r\ndata:lines\r\n\r\nid: 1.9\n\nevent: nothing\n\ndata\n\nid: 1.10\ndata: cut";
  for (std::size_t size = 1; size < bytes.size(); size += 7) {
    std::string last_id;
    EXPECT_EQ(
        read_in_pieces(bytes, size, last_id),
        (std::vector<std::string>{"1.1|event.created|{\"a\":1}", "1.1|message|two\nlines", "1.9|message|"}));
    EXPECT_EQ(last_id, "1.9") << "what is cut off does not count";
  }
}

}  // namespace xzepr::client
