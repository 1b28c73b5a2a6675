#include "http/web_socket.hpp"

#include <gtest/gtest.h>

#include "http/fixture_test.hpp"
#include "http/frames_test.hpp"

namespace xzepr::http {
namespace {

using namespace std::chrono_literals;

int talks_of(const TestServer& server) { return server.applications.front()->streams.load(); }

// A client that has said hello.
class Talker {
 public:
  explicit Talker(const TestServer& server) : client(server) {
    client.send(upgrade());
    const auto head = client.receive(false);
    EXPECT_TRUE(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << head;
    EXPECT_NE(head.find("Connection: Upgrade\r\n"), head.npos);
    EXPECT_EQ(head.find("Content-Length"), head.npos);
    expect("\x81\x05hello");
  }
  void say(Opcode opcode, std::string_view payload) { client.send(client_frame(opcode, payload)); }
  void expect(std::string_view bytes) {
    std::string got;
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (got.size() < bytes.size() && std::chrono::steady_clock::now() < until)
      got += client.receive_within(20ms);
    EXPECT_EQ(got, bytes);
  }

  RawClient client;
};

std::string server_frame(Opcode opcode, std::string_view payload) {
  std::string out;
  append_frame(out, opcode, payload);
  return out;
}
std::string server_close(std::uint16_t code, std::string_view reason) {
  std::string out;
  append_close_frame(out, code, reason);
  return out;
}

}  // namespace

TEST(WebSocket, TalksBothWays) {
  TestServer server;
  Talker talker(server);
  talker.say(Opcode::text, "how are you");
  talker.expect(server_frame(Opcode::text, "HOW ARE YOU"));
  talker.say(Opcode::ping, "beat");
  talker.expect(server_frame(Opcode::pong, "beat"));
  talker.say(Opcode::close, "");
  EXPECT_EQ(talker.client.receive_all(), server_close(1000, ""));
  EXPECT_TRUE(eventually([&] { return talks_of(server) == 0 && server.server->connection_count() == 0; }));
}

TEST(WebSocket, ClosesWithWhatTheSessionSays) {
  TestServer server;
  Talker talker(server);
  talker.say(Opcode::text, "bye");
  EXPECT_EQ(talker.client.receive_all(), server_close(4000, "bye"));
}

TEST(WebSocket, ClosesWhenAClientBreaksTheRules) {
  TestServer server;
  Talker talker(server);
  talker.client.send("\x81\x05hello");
  EXPECT_EQ(talker.client.receive_all(), server_close(1002, "a frame is not masked"));
  EXPECT_TRUE(eventually([&] { return server.server->connection_count() == 0; }));
}

TEST(WebSocket, EndsWhenItsClientLeaves) {
  TestServer server;
  {
    const Talker talker(server);
  }
  EXPECT_TRUE(eventually([&] { return talks_of(server) == 0 && server.server->connection_count() == 0; }));
}

TEST(WebSocket, IsCutWhenItsClientTakesNothing) {
  TestServer server({.write_stall_timeout = 50ms});
  Talker talker(server);
  talker.say(Opcode::text, "flood");
  EXPECT_TRUE(eventually([&] { return talks_of(server) == 0; }));
}

TEST(WebSocket, GoesAwayWhenTheServerDrains) {
  TestServer server;
  Talker talker(server);
  server.server->drain();
  EXPECT_EQ(talker.client.receive_all(), server_close(1001, "stopped"));
  EXPECT_TRUE(eventually([&] { return server.server->connection_count() == 0; }));
}

TEST(WebSocket, IsRefusedWhenItIsNotAskedForProperly) {
  TestServer server;
  RawClient client(server);
  client.send(request("GET /talk", "Upgrade: websocket\r\n"));
  EXPECT_EQ(status_of(client.receive()), "HTTP/1.1 400");
  EXPECT_EQ(talks_of(server), 0);
}

}  // namespace xzepr::http
