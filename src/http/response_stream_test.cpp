#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/fixture_test.hpp"

namespace xzepr::http {
namespace {

using namespace std::chrono_literals;

std::string get_line(std::string_view target, std::string_view version = "1.1") {
  return fmt::format("GET {} HTTP/{}\r\nHost: h\r\n\r\n", target, version);
}

int streams_of(const TestServer& server) { return server.applications.front()->streams.load(); }

}  // namespace

TEST(ResponseStream, ComesInChunksAndTheConnectionGoesOn) {
  TestServer server;
  RawClient client(server);
  client.send(get_line("/count?3") + get_line("/close"));
  const auto all = client.receive_all();
  EXPECT_NE(all.find("Transfer-Encoding: chunked\r\n"), all.npos) << all;
  EXPECT_EQ(all.substr(0, all.find("\r\n\r\n")).find("Content-Length"), all.npos);
  EXPECT_NE(all.find("\r\n\r\n2\r\n0\n\r\n2\r\n1\n\r\n2\r\n2\n\r\n0\r\n\r\nHTTP/1.1 200 OK"), all.npos)
      << all;
  EXPECT_EQ(server.handled(), 2);
}

TEST(ResponseStream, EndsWithTheConnectionForAnOldClient) {
  TestServer server;
  RawClient client(server);
  client.send(get_line("/count?2", "1.0"));
  const auto all = client.receive_all();
  EXPECT_NE(all.find("Connection: close\r\n"), all.npos) << all;
  EXPECT_TRUE(all.ends_with("\r\n\r\n0\n1\n")) << all;
}

TEST(ResponseStream, HasNoBodyForAHead) {
  TestServer server;
  RawClient client(server);
  client.send("HEAD /count?2 HTTP/1.1\r\nHost: h\r\n\r\n" + get_line("/close"));
  const auto all = client.receive_all();
  EXPECT_NE(all.find("\r\n\r\nHTTP/1.1 200 OK"), all.npos) << all;
}

TEST(ResponseStream, StopsWhenItsClientLeaves) {
  TestServer server;
  {
    RawClient client(server);
    client.send(get_line("/endless"));
    EXPECT_NE(client.receive_within(100ms), "");
    EXPECT_EQ(streams_of(server), 1);
  }
  EXPECT_TRUE(eventually([&] { return streams_of(server) == 0; }));
}

TEST(ResponseStream, IsCutWhenItsClientTakesNothing) {
  TestServer server({.write_stall_timeout = 50ms});
  RawClient client(server);
  client.send(get_line("/flood"));
  EXPECT_TRUE(eventually([&] { return streams_of(server) == 1; }));
  EXPECT_TRUE(eventually([&] { return streams_of(server) == 0; }));
}

TEST(ResponseStream, EndsInGoodOrderWhenTheServerDrains) {
  TestServer server;
  RawClient client(server);
  client.send(get_line("/endless"));
  EXPECT_NE(client.receive_within(100ms), "");
  server.server->drain();
  EXPECT_TRUE(client.receive_all().ends_with("0\r\n\r\n"));
  EXPECT_TRUE(eventually([&] { return server.server->connection_count() == 0; }));
}

}  // namespace xzepr::http
