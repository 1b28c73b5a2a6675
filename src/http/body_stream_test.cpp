// Bodies that are handed on while they arrive.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/fixture_test.hpp"

namespace xzepr::http {
namespace {

using namespace std::chrono_literals;

TEST(BodyStream, F10_ASlowStreamedBodyIsRefusedToItsHandler) {
  TestServer server({.head_timeout = 50ms});
  RawClient client(server);
  client.send(request("POST /stream", "Content-Length: 5\r\n", "hel"));
  const auto answer = client.receive_all();
  EXPECT_EQ(status_of(answer), "HTTP/1.1 408");
  EXPECT_TRUE(answer.ends_with("request_timeout"));
}

TEST(BodyStream, HandsAStreamedBodyOnWhileItArrives) {
  TestServer server;
  RawClient client(server);
  client.send(request("POST /stream", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"));
  EXPECT_TRUE(eventually([&] { return server.handled() == 1; }));
  client.send("2\r\nde\r\n0\r\nx: evil\r\n\r\n");
  EXPECT_TRUE(client.receive().ends_with("5 bytes: abcde"));
  // The connection goes on, and so does the framing.
  client.send(request("POST /stream", "Content-Length: 5\r\n", "hello") + request("GET /a"));
  EXPECT_TRUE(client.receive().ends_with("5 bytes: hello"));
  EXPECT_EQ(status_of(client.receive()), "HTTP/1.1 200");
  client.send(request("POST /stream", "Content-Length: 0\r\n"));
  EXPECT_TRUE(client.receive().ends_with("0 bytes: "));
}

TEST(BodyStream, StreamsABodyThatIsLargerThanAnyBuffer) {
  TestServer server;
  RawClient client(server);
  const std::string body(1'000'000, 'x');
  client.send(request("POST /stream", fmt::format("Content-Length: {}\r\n", body.size()), body));
  EXPECT_TRUE(client.receive().ends_with(body));
  client.send(request("POST /stream", "Transfer-Encoding: chunked\r\n"));
  for (int i = 0; i < 100; ++i) client.send(fmt::format("{:x}\r\n{}\r\n", 9'000, body.substr(0, 9'000)));
  client.send("0\r\n\r\n");
  EXPECT_TRUE(client.receive().ends_with(body.substr(0, 900'000)));
}

TEST(BodyStream, RefusesAStreamedBodyThatIsTooLargeOrBroken) {
  TestServer server;
  RawClient announced(server);
  announced.send(request("POST /stream", "Content-Length: 1000001\r\n"));
  EXPECT_EQ(status_of(announced.receive_all()), "HTTP/1.1 413");
  EXPECT_EQ(server.handled(), 0);
  RawClient chunked(server);
  chunked.send(request("POST /stream", "Transfer-Encoding: chunked\r\n", "1\r\na\r\nF4240\r\n"));
  EXPECT_EQ(status_of(chunked.receive_all()), "HTTP/1.1 413");
  RawClient broken(server);
  broken.send(request("POST /stream", "Transfer-Encoding: chunked\r\n", "1\r\nab"));
  EXPECT_EQ(status_of(broken.receive_all()), "HTTP/1.1 400");
}

TEST(BodyStream, ClosesAfterAStreamedBodyThatWasNotRead) {
  TestServer server;
  RawClient client(server);
  client.send(request("POST /stream?unread", "Content-Length: 100\r\n", "abc"));
  const auto answer = client.receive_all();
  EXPECT_EQ(status_of(answer), "HTTP/1.1 200");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST(BodyStream, AsksForAStreamedBodyWhenTheClientWaits) {
  TestServer server;
  RawClient client(server);
  client.send(request("POST /stream", "Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.receive(false), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_TRUE(client.receive().ends_with("2 bytes: ok"));
}

}  // namespace
}  // namespace xzepr::http
