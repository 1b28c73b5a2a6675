#include "http/client.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/fixture_test.hpp"

namespace xzepr::http {

TEST(Client, SendsAndReceivesOnOneConnection) {
  TestServer server;
  Client client;
  const auto url = fmt::format("http://127.0.0.1:{}", server.port());
  const auto got = client.send({.url = url + "/a?b=1"});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "GET /a?b=1");
  EXPECT_EQ(got->header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(got->header("x-absent"), "");
  const auto posted = client.send({.method = "POST", .url = url + "/echo", .body = std::string("a\0b", 3)});
  ASSERT_TRUE(posted);
  EXPECT_EQ(posted->body, std::string("a\0b", 3));
  const auto deleted = client.send({.method = "DELETE", .url = url + "/x"});
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->body, "DELETE /x?");
  const auto head = client.send({.method = "HEAD", .url = url + "/x"});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->body, "");
  const auto empty = client.send({.method = "POST", .url = url + "/empty"});
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->status, 204);
  EXPECT_EQ(server.server->connection_count(), 1U);
}

TEST(Client, SendsTheGivenHeadersAndNoneOfItsOwnChoice) {
  TestServer server;
  Client client;
  const auto got = client.send({.method = "POST",
                                .url = fmt::format("http://127.0.0.1:{}/headers", server.port()),
                                .headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}},
                                .body = std::string(2'000, 'x')});
  ASSERT_TRUE(got);
  EXPECT_NE(got->body.find("Content-Type=application/json\n"), std::string::npos);
  EXPECT_EQ(got->body.find("urlencoded"), std::string::npos);
  EXPECT_EQ(got->body.find("Expect"), std::string::npos);
  EXPECT_NE(got->body.find("X-Empty=\n"), std::string::npos);
}

TEST(Client, NamesTheServerThatDidNotAnswerAndWhatToDo) {
  std::uint16_t port = 0;
  {
    TestServer gone;
    port = gone.port();
  }
  Client client;
  const auto refused = client.send({.url = fmt::format("http://127.0.0.1:{}/x", port)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Errc::unavailable);
  EXPECT_EQ(refused.error().code, "server_unreachable");
  EXPECT_NE(refused.error().detail.find(fmt::format("127.0.0.1:{}", port)), std::string::npos);
  EXPECT_NE(refused.error().hint.find("XZEPR_URL"), std::string::npos);
}

TEST(Client, WaitsNoLongerThanItIsTold) {
  TestServer server;
  Client client;
  const auto late = client.send({.url = fmt::format("http://127.0.0.1:{}/wait", server.port()),
                                 .timeout = std::chrono::milliseconds{100}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "server_unreachable");
}

TEST(Client, C19TakesNoLongerAnswerThanItIsTold) {
  TestServer server;
  Client client;
  const auto url = fmt::format("http://127.0.0.1:{}/large?1000", server.port());
  const auto whole = client.send({.url = url, .answer_bytes_max = 1'000});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->body.size(), 1'000U);
  EXPECT_FALSE(client.send({.url = url, .answer_bytes_max = 999}));
}

TEST(Client, SpeaksHttpOnly) {
  Client client;
  for (const auto* url : {"file:///etc/passwd", "ftp://127.0.0.1/", ""}) {
    const auto answer = client.send({.url = url});
    ASSERT_FALSE(answer) << url;
    EXPECT_NE(answer.error().hint.find("http://"), std::string::npos) << answer.error().hint;
  }
}

}  // namespace xzepr::http
