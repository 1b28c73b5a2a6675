#include "http/request_reader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace xzepr::http {
namespace {

using Step = RequestReader::Step;

// Feeds `input` in pieces and writes down each request as "METHOD path [header] body|", or "status".
class Session {
 public:
  explicit Session(std::size_t body_bytes_max = 1'000'000) : body_bytes_max_(body_bytes_max) {}

  std::string feed(std::string_view input, std::size_t piece) {
    while (!is_over_) {
      step();
      if (is_over_ || input.empty()) break;
      const auto room = reader.prepare();
      EXPECT_FALSE(room.empty());
      const auto part = input.substr(0, std::min(piece, room.size()));
      std::ranges::copy(part, room.begin());
      reader.commit(part.size());
      input.remove_prefix(part.size());
    }
    return out;
  }

  RequestReader reader;
  std::string out;

 private:
  void step() {
    for (;;) {
      switch (reader.advance()) {
        case Step::need_bytes: return;
        case Step::head_complete: reader.accept_body({.bytes_max = body_bytes_max_}); break;
        case Step::request_complete: {
          const auto& request = reader.request();
          out += fmt::format("{} {} [{}] {}|", request.method_text, request.path, request.header("x"),
                             request.body);
          reader.next();
          break;
        }
        case Step::refused:
          out += fmt::format("{}", reader.refusal().status);
          is_over_ = true;
          return;
      }
    }
  }

  std::size_t body_bytes_max_;
  bool is_over_ = false;
};

std::string read(std::string_view input, std::size_t piece = 100'000,
                 std::size_t body_bytes_max = 1'000'000) {
  return Session(body_bytes_max).feed(input, piece);
}

}  // namespace

TEST(RequestReader, ReadsTheSameRequestsHoweverTheBytesArrive) {
  const std::string input =
      "GET /a HTTP/1.1\r\nHost: h\r\nx: 1\r\n\r\n"
      "POST /b HTTP/1.1\r\nHost: h\r\nx: 2\r\nContent-Length: 5\r\n\r\nhello"
      "POST /c HTTP/1.1\r\nHost: h\r\nx: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx: "
      "evil\r\n\r\n"
      "PUT /d HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
  const std::string expected = "GET /a [1] |POST /b [2] hello|POST /c [3] abc|PUT /d [] |";
  for (std::size_t piece = 1; piece < input.size(); ++piece) EXPECT_EQ(read(input, piece), expected) << piece;
}

TEST(RequestReader, ReadsThousandsOfPipelinedRequestsWithinABoundedBuffer) {
  std::string input;
  std::string expected;
  for (int i = 0; i < 2'000; ++i) {
    input += fmt::format("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", i);
    expected += fmt::format("GET /{} [] |", i);
  }
  EXPECT_EQ(read(input, 1'500), expected);
}

TEST(RequestReader, KeepsTheHeadersOfALargeHeadWhileAChunkedBodyArrives) {
  const std::string value(6'000, 'v');
  std::string input = fmt::format(
      "POST /c HTTP/1.1\r\nHost: h\r\nX: {}\r\nY: {}\r\nTransfer-Encoding: chunked\r\n\r\n", value, value);
  std::string body;
  for (int i = 0; i < 50; ++i) {
    const std::string part(1'234, static_cast<char>('a' + i % 26));
    input += fmt::format("{:x}\r\n{}\r\n", part.size(), part);
    body += part;
  }
  input += "0\r\n\r\n";
  const std::string expected = fmt::format("POST /c [{}] {}|", value, body);
  for (const std::size_t piece : {7U, 1'000U, 12'345U, 100'000U})
    EXPECT_EQ(read(input, piece), expected) << piece;
}

TEST(RequestReader, ReadsALargeBodyAndTheRequestBehindIt) {
  const std::string body(300'000, 'b');
  const auto input = fmt::format(
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}GET /n HTTP/1.1\r\nHost: h\r\n\r\n",
      body.size(), body);
  for (const std::size_t piece : {999U, 65'536U, 1'000'000U})
    EXPECT_EQ(read(input, piece), fmt::format("POST /a [] {}|GET /n [] |", body));
}

TEST(RequestReader, R38_BodyLimitsAreExact) {
  EXPECT_EQ(read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", 100, 5), "POST / [] hello|");
  EXPECT_EQ(read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n", 100, 5), "413");
  EXPECT_EQ(read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999999999\r\n\r\n", 100, 5), "413");
  EXPECT_EQ(
      read("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 100, 5),
      "POST / [] hello|");
  EXPECT_EQ(
      read("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\nx", 100, 5),
      "413");
}

TEST(RequestReader, F02_NothingAfterARefusalIsARequest) {
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(read("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\nX: y\r\n\r\n" + hidden),
            "501");
  EXPECT_EQ(read("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n" + hidden),
            "400");
  EXPECT_EQ(read("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b\r\n\r\n" + hidden), "GET /a [] |400");
}

TEST(RequestReader, MemoryFollowsWhatHasComeNotWhatWasAnnounced) {
  Session session(20'000'000);
  session.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 16777216\r\n\r\n", 100);
  EXPECT_LE(session.reader.prepare().size(), 65'536U);
  EXPECT_TRUE(session.reader.is_in_body());
}

TEST(RequestReader, IsIdleOnlyBetweenRequests) {
  Session session;
  EXPECT_TRUE(session.reader.is_idle());
  session.feed("GET / HT", 100);
  EXPECT_FALSE(session.reader.is_idle());
  session.feed("TP/1.1\r\nHost: h\r\n\r\n", 100);
  EXPECT_TRUE(session.reader.is_idle());
}

}  // namespace xzepr::http
