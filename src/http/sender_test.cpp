#include "http/sender.hpp"

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <future>
#include <map>
#include <mutex>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/fixture_test.hpp"

namespace {

// A name server of our own: each look-up of *.stub.test takes the next answer, the last one for good.
std::mutex stub_mutex;
std::deque<std::string> stub_answers;  // each: one address
int stub_lookups = 0;

std::string next_stub_answer() {
  const std::scoped_lock lock(stub_mutex);
  ++stub_lookups;
  std::string answer = stub_answers.front();
  if (stub_answers.size() > 1) stub_answers.pop_front();
  return answer;
}

void resolve_stub_to(std::deque<std::string> answers) {
  const std::scoped_lock lock(stub_mutex);
  stub_answers = std::move(answers);
  stub_lookups = 0;
}

int stub_lookup_count() {
  const std::scoped_lock lock(stub_mutex);
  return stub_lookups;
}

}  // namespace

// Stands before the C library's, for libcurl, too.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  using Resolve = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto next = reinterpret_cast<Resolve>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || !std::string_view(node).ends_with(".stub.test"))
    return next(node, service, hints, result);
  return next(next_stub_answer().c_str(), service, hints, result);
}

namespace xzepr::http {
namespace {

using std::chrono::milliseconds;

// Answers each request with `first`, then with `again` every `every` until the client leaves; with nothing
// to say `again` it closes.
struct Script {
  std::string first;
  std::string again = {};
  milliseconds every = milliseconds{0};
};

class StubServer {
 public:
  explicit StubServer(Script script);
  ~StubServer();
  StubServer(const StubServer&) = delete;
  StubServer& operator=(const StubServer&) = delete;

  [[nodiscard]] std::string url(std::string_view host = "127.0.0.1") const {
    return fmt::format("http://{}:{}/hook", host, port_);
  }

  std::atomic<int> accepted = 0;
  std::atomic<int> together = 0;
  std::atomic<int> together_max = 0;

 private:
  void accept_all();
  void serve(int client);

  const Script script_;
  int socket_;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_ended_ = false;
  std::vector<std::thread> clients_;
  std::thread acceptor_;
};

StubServer::StubServer(Script script)
    : script_(std::move(script)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;  // every address of 127/8
  ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(socket_, 64);
  socklen_t size = sizeof address;
  ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

StubServer::~StubServer() {
  is_ended_ = true;
  ::shutdown(socket_, SHUT_RDWR);
  acceptor_.join();
  for (auto& client : clients_) client.join();
  ::close(socket_);
}

void StubServer::accept_all() {
  while (!is_ended_) {
    const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    ++accepted;
    clients_.emplace_back([this, client] { serve(client); });
  }
}

void StubServer::serve(int client) {
  const int now = ++together;
  for (int seen = together_max; seen < now && !together_max.compare_exchange_weak(seen, now);) continue;
  std::array<char, 65'536> part{};
  bool is_open = ::recv(client, part.data(), part.size(), 0) > 0;
  const auto say = [&](const std::string& text) {
    is_open = is_open && ::send(client, text.data(), text.size(), MSG_NOSIGNAL) >= 0;
  };
  const bool is_short = script_.again.empty() && !script_.first.empty();
  if (is_short) --together;  // before the client can see the end
  say(script_.first);
  while (is_open && !is_ended_ && !is_short) {
    pollfd wait{.fd = client, .events = POLLIN, .revents = 0};
    const int timeout = std::min(static_cast<int>(script_.every.count()), 20);
    if (::poll(&wait, 1, timeout) > 0 && ::recv(client, part.data(), part.size(), 0) <= 0) break;
    if (!script_.again.empty()) say(script_.again);
  }
  if (!is_short) --together;
  ::close(client);
}

// Each send's outcome, which exactly one call brings.
std::future<Result<ClientResponse>> begin(Sender& sender, SendRequest request) {
  std::promise<Result<ClientResponse>> promise;
  auto future = promise.get_future();
  sender.send(std::move(request), [promise = std::move(promise)](Result<ClientResponse> result) mutable {
    promise.set_value(std::move(result));
  });
  return future;
}

Result<ClientResponse> outcome_of(Sender& sender, SendRequest request) {
  return begin(sender, std::move(request)).get();
}

std::function<bool(const IpAddress&)> only(std::string_view address) {
  return
      [allowed = parse_ip_address(address).value()](const IpAddress& dialled) { return dialled == allowed; };
}

constexpr std::string_view ok_and_close =
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

}  // namespace

TEST(Sender, SendsManyAndTellsEachItsAnswer) {
  TestServer server({}, 2);
  Sender sender(8);
  std::vector<std::future<Result<ClientResponse>>> answers;
  for (int i = 0; i < 100; ++i) {
    answers.push_back(begin(sender, {.url = fmt::format("http://127.0.0.1:{}/echo", server.port()),
                                     .headers = {{"Content-Type", "application/json"}},
                                     .body = fmt::format("body {}", i)}));
  }
  for (int i = 0; i < 100; ++i) {
    const auto answer = answers[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, fmt::format("body {}", i));
    EXPECT_EQ(answer->header("content-type"), "text/plain; charset=utf-8");
  }
  EXPECT_LE(server.server->connection_count(), 8U);
}

TEST(Sender, SendsTheGivenHeadersAndNoneOfItsOwnChoice) {
  TestServer server;
  Sender sender(1);
  const auto got = outcome_of(sender, {.url = fmt::format("http://127.0.0.1:{}/headers", server.port()),
                                       .headers = {{"webhook-id", "a"}},
                                       .body = std::string(2'000, 'x')});
  ASSERT_TRUE(got);
  EXPECT_NE(got->body.find("webhook-id=a\n"), std::string::npos);
  EXPECT_EQ(got->body.find("urlencoded"), std::string::npos);
  EXPECT_EQ(got->body.find("Expect"), std::string::npos);
}

TEST(Sender, KeepsToItsBoundAndToTheOrder) {
  const StubServer server({.first = std::string(ok_and_close)});
  Sender sender(2);
  std::vector<std::future<Result<ClientResponse>>> answers;
  for (int i = 0; i < 40; ++i) answers.push_back(begin(sender, {.url = server.url()}));
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
  EXPECT_EQ(server.accepted, 40);
  EXPECT_LE(server.together_max, 2);

  Sender alone(1);
  std::mutex mutex;
  std::vector<int> order;
  std::promise<void> last;
  for (int i = 0; i < 10; ++i) {
    alone.send({.url = server.url()}, [&, i](const Result<ClientResponse>&) {
      const std::scoped_lock lock(mutex);
      order.push_back(i);
      if (i == 9) last.set_value();
    });
  }
  last.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Sender, MayBeAskedToSendFromWhatItCalls) {
  const StubServer server({.first = std::string(ok_and_close)});
  Sender sender(1);
  std::promise<int> second;
  sender.send({.url = server.url()}, [&](const Result<ClientResponse>&) {
    sender.send({.url = server.url()},
                [&](const Result<ClientResponse>& got) { second.set_value(got ? got->status : 0); });
  });
  EXPECT_EQ(second.get_future().get(), 200);
}

TEST(Sender, TellsWhatIsUnderWayThatItStops) {
  const StubServer silent({.first = ""});
  Sender sender(1);
  auto in_flight = begin(sender, {.url = silent.url()});
  auto waiting = begin(sender, {.url = silent.url()});
  ASSERT_TRUE(eventually([&] { return silent.together == 1; }));
  sender.stop();
  EXPECT_EQ(in_flight.get().error().code, "sender_stopped");
  EXPECT_EQ(waiting.get().error().code, "sender_stopped");
  EXPECT_EQ(outcome_of(sender, {.url = silent.url()}).error().code, "sender_stopped");
  sender.stop();
}

TEST(Sender, SaysWhoDidNotAnswer) {
  std::string url;
  {
    const StubServer gone({.first = ""});
    url = gone.url();
  }
  Sender sender(1);
  const auto refused = outcome_of(sender, {.url = url});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Errc::unavailable);
  EXPECT_EQ(refused.error().code, "server_unreachable");
  EXPECT_NE(refused.error().detail.find("127.0.0.1:"), std::string::npos);
  for (const std::string_view wrong :
       {"file:///etc/passwd", "gopher://127.0.0.1/_x", "ftp://127.0.0.1/", "", "x y"}) {
    EXPECT_EQ(outcome_of(sender, {.url = std::string(wrong)}).error().code, "server_unreachable") << wrong;
  }
}

TEST(Sender, UsesNoProxy) {
  const StubServer server({.first = std::string(ok_and_close)});
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  Sender sender(1);
  EXPECT_TRUE(outcome_of(sender, {.url = server.url()}));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST(Sender, G12WritesNoHeaderThatIsMoreThanOne) {
  const StubServer server({.first = std::string(ok_and_close)});
  Sender sender(1);
  const std::vector<std::pair<std::string, std::string>> wrong = {{"X-A", "1\r\nX-Evil: 1"},
                                                                  {"X-A", "1\n"},
                                                                  {"X-A", std::string("1\0", 2)},
                                                                  {"X-A\r\nX-Evil", "1"},
                                                                  {"X-A: 1\r\nX-Evil", "1"},
                                                                  {"", "1"},
                                                                  {"X A", "1"},
                                                                  {"X-A:", "1"}};
  for (const auto& header : wrong) {
    const auto refused = outcome_of(sender, {.url = server.url(), .headers = {header}});
    ASSERT_FALSE(refused) << header.first;
    EXPECT_EQ(refused.error().code, "header_invalid");
  }
  EXPECT_EQ(server.accepted, 0);
}

TEST(Sender, G08DialsNoAddressThatIsRefused) {
  const StubServer server({.first = std::string(ok_and_close)});
  Sender sender(1);
  for (const std::string_view host :
       {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "017700000001", "0", "[::ffff:127.0.0.1]",
        "[::1]", "169.254.169.254", "10.0.0.1"}) {
    const auto refused = outcome_of(sender, {.url = server.url(host), .may_dial = is_public});
    ASSERT_FALSE(refused) << host;
    EXPECT_EQ(refused.error().kind, Errc::forbidden) << host;
    EXPECT_EQ(refused.error().code, "address_refused") << host;
  }
  const auto metadata = outcome_of(sender, {.url = "http://169.254.169.254/latest", .may_dial = is_public});
  EXPECT_EQ(metadata.error().detail,
            "169.254.169.254 is at 169.254.169.254, which may not be dialled (link-local)");
  EXPECT_EQ(server.accepted, 0);
}

// 127.0.0.2 plays the public address, 127.0.0.1 the private one.
TEST(Sender, G09ChecksTheAddressThatItDials) {
  const StubServer server({.first = std::string(ok_and_close)});
  Sender sender(1);
  resolve_stub_to({"127.0.0.2", "127.0.0.1"});
  const SendRequest request{.url = server.url("rebind.stub.test"), .may_dial = only("127.0.0.2")};
  EXPECT_TRUE(outcome_of(sender, request));
  EXPECT_EQ(server.accepted, 1);
  const auto rebound = outcome_of(sender, request);
  ASSERT_FALSE(rebound);
  EXPECT_EQ(rebound.error().code, "address_refused");
  EXPECT_NE(rebound.error().detail.find("is at 127.0.0.1,"), std::string::npos);
  EXPECT_EQ(server.accepted, 1);
  EXPECT_EQ(stub_lookup_count(), 2);
}

TEST(Sender, G09AsksOncePerLookUpAndDialsThatAnswer) {
  const StubServer server({.first = std::string(ok_and_close)});
  Sender sender(1);
  resolve_stub_to({"127.0.0.3", "127.0.0.1"});
  std::vector<std::string> asked;  // on the sender's thread, and read after the answer
  const auto got =
      outcome_of(sender, {.url = server.url("once.stub.test"), .may_dial = [&](const IpAddress& address) {
                            asked.push_back(to_string(address));
                            return true;
                          }});
  EXPECT_TRUE(got);
  EXPECT_EQ(asked, (std::vector<std::string>{"127.0.0.3", "127.0.0.3"}));
  EXPECT_EQ(stub_lookup_count(), 1);
}

TEST(Sender, G09AConnectionThatIsKeptDodgesNothing) {
  TestServer server;
  Sender sender(1);
  const auto url = fmt::format("http://127.0.0.1:{}/x", server.port());
  EXPECT_TRUE(outcome_of(sender, {.url = url}));
  EXPECT_TRUE(outcome_of(sender, {.url = url, .may_dial = only("127.0.0.1")}));
  EXPECT_EQ(server.server->connection_count(), 1U);
  EXPECT_EQ(server.handled(), 2);
  const auto refused = outcome_of(sender, {.url = url, .may_dial = is_public});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "address_refused");
  EXPECT_EQ(server.handled(), 2);
}

TEST(Sender, G10FollowsNoRedirect) {
  const StubServer inside({.first = std::string(ok_and_close)});
  for (const int status : {301, 302, 303, 307, 308}) {
    const StubServer server({.first = fmt::format("HTTP/1.1 {} Go\r\nLocation: {}\r\nContent-Length: 0\r\n"
                                                  "Connection: close\r\n\r\n",
                                                  status, inside.url())});
    Sender sender(1);
    const auto answer = outcome_of(sender, {.url = server.url()});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, status);
  }
  EXPECT_EQ(inside.accepted, 0);
}

TEST(Sender, G11HasItsBounds) {
  EXPECT_EQ(SendRequest{}.timeout, std::chrono::seconds{15});
  EXPECT_EQ(SendRequest{}.answer_bytes_max, 64U * 1'024U);
}

TEST(Sender, G11TakesNoLongerAnswerThan64Kilobytes) {
  const StubServer endless({.first = "HTTP/1.1 200 OK\r\n\r\n", .again = std::string(65'536, 'x')});
  const StubServer gigabyte(
      {.first = "HTTP/1.1 500 No\r\nContent-Length: 1073741824\r\n\r\n", .again = std::string(65'536, 'x')});
  Sender sender(2);
  const auto good = outcome_of(sender, {.url = endless.url()});
  ASSERT_TRUE(good) << good.error().detail;
  EXPECT_EQ(good->status, 200);
  EXPECT_EQ(good->body, std::string(65'536, 'x'));
  const auto bad = outcome_of(sender, {.url = gigabyte.url()});
  ASSERT_TRUE(bad) << bad.error().detail;
  EXPECT_EQ(bad->status, 500);
  EXPECT_EQ(bad->body.size(), 65'536U);
  EXPECT_TRUE(eventually([&] { return endless.together == 0 && gigabyte.together == 0; }));
}

TEST(Sender, G11TakesAnAnswerOfExactlyTheBoundWhole) {
  TestServer server;
  Sender sender(1);
  const auto url = fmt::format("http://127.0.0.1:{}/large?1000", server.port());
  EXPECT_EQ(outcome_of(sender, {.url = url, .answer_bytes_max = 1'000})->body.size(), 1'000U);
  EXPECT_EQ(outcome_of(sender, {.url = url, .answer_bytes_max = 1'000})->body.size(), 1'000U);
  EXPECT_EQ(server.server->connection_count(), 1U);  // it was not cut
  EXPECT_EQ(outcome_of(sender, {.url = url, .answer_bytes_max = 999})->body.size(), 999U);
}

TEST(Sender, G11TakesNoEndlessHead) {
  const StubServer endless(
      {.first = "HTTP/1.1 200 OK\r\n", .again = fmt::format("X-A: {}\r\n", std::string(900, 'x'))});
  const StubServer interim(
      {.first = "HTTP/1.1 103 Early Hints\r\n\r\n",
       .again = fmt::format("HTTP/1.1 103 Early Hints\r\nX-A: {}\r\n\r\n", std::string(900, 'x'))});
  Sender sender(1);
  EXPECT_EQ(outcome_of(sender, {.url = endless.url()}).error().code, "server_unreachable");
  EXPECT_EQ(outcome_of(sender, {.url = interim.url()}).error().code, "server_unreachable");
}

TEST(Sender, G11WaitsNoLongerThanItsTimeForAWholeAnswer) {
  const StubServer slow({.first = "HTTP/1.1 200 OK\r\n\r\n", .again = "x", .every = milliseconds{20}});
  const StubServer slow_head({.first = "HTTP/1.1 200 OK\r\nX-A: ", .again = "x", .every = milliseconds{20}});
  const StubServer silent({.first = ""});
  Sender sender(3);
  std::vector<std::future<Result<ClientResponse>>> answers;
  for (const auto* server : {&slow, &slow_head, &silent})
    answers.push_back(begin(sender, {.url = server->url(), .timeout = milliseconds{300}}));
  for (auto& answer : answers) {
    const auto late = answer.get();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "server_unreachable");
  }
  EXPECT_TRUE(eventually([&] { return slow.together + slow_head.together + silent.together == 0; }));
}

}  // namespace xzepr::http
