#include "http/server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.hpp"
#include "http/fixture_test.hpp"

namespace xzepr::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view get = "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(std::string_view path, std::string_view body) {
  return request(fmt::format("POST {}", path), fmt::format("Content-Length: {}\r\n", body.size()), body);
}

std::string body_of(const std::string& answer) {
  const auto at = answer.find("\r\n\r\n");
  return at == std::string::npos ? "no answer" : answer.substr(at + 4);
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size()))
    ++found;
  return found;
}

// What must never be answered is behind it; the answer has that status, and then the connection ends cleanly.
void expect_refused(std::string_view bytes, int status) {
  TestServer server;
  RawClient client(server);
  client.send(std::string(bytes) + std::string(hidden));
  const auto all = client.receive_all();
  EXPECT_EQ(status_of(all), fmt::format("HTTP/1.1 {}", status)) << bytes;
  EXPECT_EQ(count(all, "\r\nDate: "), 1U) << all;
  EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  EXPECT_FALSE(all.ends_with("reset"));
  EXPECT_EQ(server.handled(), 0);
  EXPECT_NE(server.metrics.render().find(
                fmt::format("xzepr_http_protocol_errors_total{{status=\"{}\"}} 1", status)),
            std::string::npos);
}

}  // namespace

TEST(Server, AnswersSeveralRequestsOnOneConnection) {
  TestServer server;
  RawClient client(server);
  for (int i = 0; i < 3; ++i) {
    client.send(get);
    const auto answer = client.receive();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << answer;
    EXPECT_NE(answer.find("Content-Length: 8\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"),
              std::string::npos)
        << answer;
    EXPECT_EQ(body_of(answer), "GET /a?b");
  }
  EXPECT_EQ(server.server->connection_count(), 1U);
  EXPECT_NE(server.metrics.render().find("xzepr_http_connections 1"), std::string::npos);
}

TEST(Server, HeadIsGetWithoutABody) {
  TestServer server;
  RawClient client(server);
  client.send(request("HEAD /a"));
  EXPECT_NE(client.receive(false).find("Content-Length: 8\r\n"), std::string::npos);
  client.send(request("GET /empty"));
  EXPECT_EQ(client.receive().find("Content-"), std::string::npos);
  client.send(get);
  EXPECT_EQ(body_of(client.receive()), "GET /a?b");
}

TEST(Server, ReadsBodiesOfEitherFraming) {
  TestServer server;
  RawClient client(server);
  const std::string large(200'000, 'x');
  client.send(post("/echo", "hello"));
  EXPECT_EQ(body_of(client.receive()), "hello");
  client.send(post("/echo", large));
  EXPECT_EQ(body_of(client.receive()), large);
  client.send(request("POST /echo", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"));
  EXPECT_EQ(body_of(client.receive()), "hello");
  client.send(request("POST /echo", "Transfer-Encoding: chunked\r\n",
                      fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", large.size(), large)));
  EXPECT_EQ(body_of(client.receive()), large);
}

TEST(Server, ClosesWhenEitherSideSaysSo) {
  TestServer server;
  for (const auto& text : {request("GET /", "Connection: close\r\n"), request("GET /close"),
                           std::string("GET / HTTP/1.0\r\n\r\n")}) {
    RawClient client(server);
    client.send(text + std::string(hidden));
    const auto all = client.receive_all();
    EXPECT_EQ(count(all, "HTTP/1.1 200"), 1U) << text;
    EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  }
  RawClient old(server);
  old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(old.receive().find("Connection: keep-alive\r\n"), std::string::npos);
}

TEST(Server, AnswersARequestWhoseSenderStoppedSending) {
  TestServer server;
  RawClient client(server);
  client.send(request("GET /slow"));
  client.shutdown_send();
  EXPECT_EQ(status_of(client.receive_all()), "HTTP/1.1 200");
}

TEST(Server, AHandlerThatThrowsIsABare500AndTheServerLives) {
  TestServer server;
  RawClient client(server);
  client.send(request("GET /throw") + std::string(hidden));
  const auto all = client.receive_all();
  EXPECT_EQ(status_of(all), "HTTP/1.1 500");
  EXPECT_EQ(body_of(all), "");
  EXPECT_EQ(server.handled(), 1);
  RawClient other(server);
  other.send(get);
  EXPECT_EQ(status_of(other.receive()), "HTTP/1.1 200");
}

TEST(Server, F01_LengthAndCodingTogether) {
  expect_refused(request("POST /echo", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                 400);
}

TEST(Server, F02_ABodyOfUnknownCodingNeverBecomesARequest) {
  for (const auto* coding : {"xchunked", "gzip", "identity"}) {
    expect_refused(request("POST /echo", fmt::format("Transfer-Encoding: {}\r\n", coding)), 501);
  }
  for (const auto* coding : {"chunked, identity", "\tchunked", "chunked\r\nTransfer-Encoding: chunked"}) {
    expect_refused(request("POST /echo", fmt::format("Transfer-Encoding: {}\r\n", coding)), 400);
  }
  expect_refused("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
}

TEST(Server, F03_LengthsThatAreNotOnePlainNumber) {
  for (const auto* length : {"5, 5", "+5", "0x5", "-1", "18446744073709551616", "5\r\nContent-Length: 5"}) {
    expect_refused(request("POST /echo", fmt::format("Content-Length: {}\r\n", length), "hello"), 400);
  }
}

TEST(Server, F04_MalformedChunks) {
  for (const auto* chunks : {"0x5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello", "ffffffffffffffff1\r\n",
                             "5\nhello\n0\n\n", "5\r\nhelloX"}) {
    expect_refused(request("POST /echo", "Transfer-Encoding: chunked\r\n", chunks), 400);
  }
}

TEST(Server, F05_TrailersAreNoHeaders) {
  TestServer server;
  RawClient client(server);
  client.send(request(
      "POST /headers", "Transfer-Encoding: chunked\r\n",
      "1\r\na\r\n0\r\nAuthorization: Bearer evil\r\nX-Forwarded-For: 1.2.3.4\r\nContent-Length: 9\r\n\r\n"));
  EXPECT_EQ(body_of(client.receive()), "Host=h\nTransfer-Encoding=chunked\n");
}

TEST(Server, F06_MalformedHeaders) {
  for (const auto* line : {"X: a\r\n b\r\n", "X : a\r\n", "X: a\rb\r\n", "X: a\nY: b\r\n", "X(: a\r\n"})
    expect_refused(request("GET /", line), 400);
}

TEST(Server, F07_LimitsOfTheHead) {
  expect_refused(request("GET /", fmt::format("X: {}\r\n", std::string(limits::header_bytes_max, 'x'))), 431);
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X: y\r\n";
  expect_refused(request("GET /", many), 431);
  expect_refused(fmt::format("GET /{}", std::string(1'000'000, 'x')), 414);
}

TEST(Server, F08_HostsTargetsAndMethods) {
  expect_refused("GET / HTTP/1.1\r\n\r\n", 400);
  expect_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400);
  expect_refused("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400);
  expect_refused("GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n", 421);
  expect_refused(request("get /"), 400);
  expect_refused(request("GET /\xFF"), 400);
  expect_refused(request("CONNECT h:80"), 405);
}

TEST(Server, F09_AThousandPipelinedRequestsAreAnsweredInOrder) {
  TestServer server;
  RawClient client(server);
  std::string all;
  for (int i = 0; i < 1'000; ++i)
    all += i % 10 == 3 ? post("/echo", fmt::format("GET /{}?", i)) : request(fmt::format("GET /{}", i));
  std::thread writer([&] { client.send(all); });
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(body_of(client.receive()), fmt::format("GET /{}?", i));
  writer.join();
}

TEST(Server, F09_AnAnswerDoesNotWaitForTheSlowRequestBehindIt) {
  TestServer server;
  RawClient client(server);
  client.send(std::string(get) + request("GET /wait") + std::string(get));
  EXPECT_EQ(body_of(client.receive()), "GET /a?b");
  EXPECT_EQ(client.receive_within(50ms), "");
  EchoApplication::is_released = true;
  EXPECT_EQ(body_of(client.receive()), "GET /wait?");
  EXPECT_EQ(body_of(client.receive()), "GET /a?b");
}

TEST(Server, F09_ContinueIsSaidOnlyWhenTheBodyWillBeRead) {
  TestServer server;
  RawClient client(server);
  client.send(request("POST /echo", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
  EXPECT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_EQ(body_of(client.receive()), "hello");
  client.send(request("POST /echo", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("1\r\na\r\n0\r\n\r\n");
  EXPECT_EQ(body_of(client.receive()), "a");
  client.send(request("POST /echo", "Expect: 100-continue\r\nContent-Length: 5\r\n", "hello"));
  EXPECT_EQ(body_of(client.receive()), "hello");
  client.send(request("POST /small", "Expect: 100-continue\r\nContent-Length: 11\r\n"));
  EXPECT_EQ(status_of(client.receive_all()), "HTTP/1.1 413");
  RawClient other(server);
  other.send(request("POST /echo", "Expect: magic\r\nContent-Length: 5\r\n"));
  EXPECT_EQ(status_of(other.receive_all()), "HTTP/1.1 417");
}

TEST(Server, F09_Http2IsNotSpokenAndUpgradesAreIgnored) {
  expect_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
  TestServer server;
  RawClient client(server);
  client.send(request("GET /a?b",
                      "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n"));
  EXPECT_EQ(body_of(client.receive()), "GET /a?b");
  RawClient tls(server);
  tls.send("\x16\x03\x01\x02");
  EXPECT_EQ(status_of(tls.receive_all()), "HTTP/1.1 400");
}

TEST(Server, F10_ASlowHeadIsCutWith408) {
  TestServer server({.head_timeout = 50ms});
  RawClient client(server);
  client.send("GET / HT");
  const auto all = client.receive_all();
  EXPECT_EQ(status_of(all), "HTTP/1.1 408");
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
}

TEST(Server, F10_ADrippedHeadIsMeasuredFromItsFirstByte) {
  TestServer server({.head_timeout = 100ms});
  RawClient client(server);
  const auto begin = std::chrono::steady_clock::now();
  while (client.receive_within(10ms).empty() && std::chrono::steady_clock::now() - begin < 10s)
    client.send("G");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST(Server, F10_ASlowBodyIsCutWith408) {
  TestServer by_total({.request_timeout = 50ms});
  RawClient client(by_total);
  client.send(request("POST /echo", "Content-Length: 5\r\n", "hel"));
  EXPECT_EQ(status_of(client.receive_all()), "HTTP/1.1 408");
  TestServer by_rate({.head_timeout = 50ms});
  RawClient slow(by_rate);
  slow.send(request("POST /echo", "Transfer-Encoding: chunked\r\n", "5\r\nhel"));
  EXPECT_EQ(status_of(slow.receive_all()), "HTTP/1.1 408");
  EXPECT_EQ(by_rate.handled() + by_total.handled(), 0);
}

TEST(Server, F10_AnIdleConnectionIsClosedWithoutAWord) {
  TestServer server({.keep_alive_timeout = 50ms});
  RawClient fresh(server);
  EXPECT_EQ(fresh.receive_all(), "");
  RawClient used(server);
  used.send(get);
  EXPECT_EQ(status_of(used.receive()), "HTTP/1.1 200");
  EXPECT_EQ(used.receive_all(), "");
  EXPECT_TRUE(eventually([&] { return server.server->connection_count() == 0; }));
}

TEST(Server, F10_AReaderThatTakesNothingIsCut) {
  TestServer server({.write_stall_timeout = 50ms});
  RawClient client(server);
  client.send(request("GET /large?50000000"));
  EXPECT_TRUE(eventually([&] { return server.handled() == 1 && server.server->connection_count() == 0; }));
}

TEST(Server, WritesLargeAnswersWhole) {
  TestServer server;
  RawClient client(server);
  for (const std::size_t size : {16'384U, 16'385U, 5'000'000U}) {
    client.send(request(fmt::format("GET /large?{}", size)));
    EXPECT_EQ(body_of(client.receive()).size(), size);
  }
  std::string many;
  for (int i = 0; i < 50; ++i) many += request("GET /large?10000");
  client.send(many);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(body_of(client.receive()).size(), 10'000U);
}

TEST(Server, R38_BodyLimitsAreExact) {
  TestServer server;
  RawClient client(server);
  client.send(post("/small", std::string(10, 'x')));
  EXPECT_EQ(status_of(client.receive()), "HTTP/1.1 200");
  client.send(post("/small", std::string(11, 'x')));
  EXPECT_EQ(status_of(client.receive_all()), "HTTP/1.1 413");
  RawClient full(server);
  full.send(post("/echo", std::string(limits::body_bytes_max, 'x')));
  EXPECT_EQ(body_of(full.receive()).size(), limits::body_bytes_max);
  RawClient over(server);
  over.send(post("/echo", std::string(limits::body_bytes_max + 1, 'x')));
  EXPECT_EQ(status_of(over.receive_all()), "HTTP/1.1 413");
}

TEST(Server, AnswersARefusedUploadInAWayThatItsSenderCanRead) {
  TestServer server;
  for (int i = 0; i < 10; ++i) {
    RawClient client(server);
    client.send(post("/echo", std::string(3'000'000, 'x')));
    const auto all = client.receive_all();
    EXPECT_EQ(status_of(all), "HTTP/1.1 413");
    EXPECT_FALSE(all.ends_with("reset"));
  }
}

TEST(Server, TurnsConnectionsAwayBeyondTheLimit) {
  TestServer server({.connections_max = 2});
  RawClient first(server);
  RawClient second(server);
  first.send(get);
  second.send(get);
  EXPECT_EQ(status_of(first.receive()) + status_of(second.receive()), "HTTP/1.1 200HTTP/1.1 200");
  {
    RawClient third(server);
    const auto all = third.receive_all();
    EXPECT_EQ(status_of(all), "HTTP/1.1 503");
    EXPECT_NE(all.find("Retry-After: 1\r\n"), std::string::npos);
  }
  first.send(get);
  EXPECT_EQ(status_of(first.receive()), "HTTP/1.1 200");
  first.shutdown_send();
  EXPECT_EQ(first.receive_all(), "");
  EXPECT_TRUE(eventually([&] { return server.server->connection_count() <= 1; }));
  RawClient fourth(server);
  fourth.send(get);
  EXPECT_EQ(status_of(fourth.receive()), "HTTP/1.1 200");
}

TEST(Server, HandsConnectionsToTheShardsInTurn) {
  TestServer server({}, 3);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 9; ++i) {
    clients.push_back(std::make_unique<RawClient>(server));
    clients.back()->send(get);
    EXPECT_EQ(status_of(clients.back()->receive()), "HTTP/1.1 200");
  }
  for (const auto& application : server.applications) EXPECT_EQ(application->handled, 3);
  EXPECT_EQ(server.server->connection_count(), 9U);
}

TEST(Server, R12_WaitsWhenDescriptorsRunOutAndGoesOn) {
  TestServer server;
  RawClient served(server);
  served.send(get);
  EXPECT_EQ(status_of(served.receive()), "HTTP/1.1 200");
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(next);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next) + 1;  // one more: the client's own
  ::setrlimit(RLIMIT_NOFILE, &tight);
  RawClient waiting(server);
  waiting.send(get);
  EXPECT_EQ(waiting.receive_within(150ms), "");
  served.send(get);
  EXPECT_EQ(status_of(served.receive()), "HTTP/1.1 200");
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(status_of(waiting.receive()), "HTTP/1.1 200");
}

TEST(Server, R32_DrainFinishesWhatIsInFlightAndClosesTheRest) {
  TestServer server({}, 2);
  RawClient idle(server);
  RawClient busy(server);
  RawClient late(server);
  idle.send(get);
  EXPECT_EQ(status_of(idle.receive()), "HTTP/1.1 200");
  late.send("GET /a?b HTTP/1.1\r\nHos");
  busy.send(request("GET /wait"));
  ASSERT_TRUE(eventually([&] { return server.handled() == 2; }));
  server.server->drain();
  EXPECT_EQ(idle.receive_all(), "");
  late.send("t: h\r\n\r\n");
  const auto answered = late.receive_all();
  EXPECT_EQ(status_of(answered), "HTTP/1.1 200");
  EXPECT_NE(answered.find("Connection: close\r\n"), std::string::npos);
  EchoApplication::is_released = true;
  const auto finished = busy.receive_all();
  EXPECT_EQ(status_of(finished), "HTTP/1.1 200");
  EXPECT_NE(finished.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(eventually([&] { return server.server->connection_count() == 0; }));
  EXPECT_FALSE(RawClient(server.port()).is_connected());
}

TEST(Server, R32_ADrainUnderLoadFailsNoRequest) {
  TestServer server({}, 2);
  std::atomic<int> failed = 0;
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      RawClient client(server);
      for (;;) {
        client.send(get);
        const auto answer = client.receive();
        if (status_of(answer) != "HTTP/1.1 200") {
          failed.fetch_add(1);
          return;
        }
        answered.fetch_add(1);
        if (answer.find("Connection: close") != std::string::npos) return;
      }
    });
  }
  EXPECT_TRUE(eventually([&] { return answered > 200; }));
  server.server->drain();
  for (auto& client : clients) client.join();
  EXPECT_EQ(failed, 0);
}

TEST(Server, TerminateCutsWhatIsLeft) {
  TestServer server;
  RawClient idle(server);
  RawClient busy(server);
  idle.send(get);
  EXPECT_EQ(status_of(idle.receive()), "HTTP/1.1 200");
  busy.send(request("GET /wait"));
  ASSERT_TRUE(eventually([&] { return server.handled() == 2; }));
  server.server->terminate();
  EXPECT_EQ(status_of(idle.receive_all()), "");
  EXPECT_NE(status_of(busy.receive_all()), "HTTP/1.1 200");
  EXPECT_TRUE(eventually([&] { return server.server->connection_count() == 0; }));
}

TEST(Server, SaysInOneLineWhyItCannotListen) {
  TestServer server;
  asio::io_context loop(1);
  EchoApplication application;
  const auto reason = [&](const ServerOptions& options) -> std::string {
    try {
      const Server second(options, {{.loop = &loop, .application = &application}}, server.log,
                          server.metrics);
      return "listens";
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.kind(), Fault::Kind::refused);
      return fault.what();
    }
  };
  const auto port = server.port();
  EXPECT_EQ(
      reason({.host = "127.0.0.1", .port = port}),
      fmt::format("cannot listen on 127.0.0.1:{}: the port is in use; stop what uses it or set server.port",
                  port));
  EXPECT_NE(reason({.host = "192.0.2.1", .port = 0}).find("set server.host"), std::string::npos);
  EXPECT_NE(reason({.host = "no such host", .port = 0}).find("set server.host"), std::string::npos);
  EXPECT_EQ(reason({.host = "localhost", .port = 0}), "listens");
}

}  // namespace xzepr::http
