#include "http/framing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace xzepr::http {
namespace {

struct Parsed {
  int status = 0;  // 0: accepted
  std::string_view code;
  Request request;
  Framing framing;
};

// `head` must outlive the answer.
Parsed parse(const std::string& head) {
  Parsed out;
  HeadScanner scanner;
  switch (scanner.scan(head)) {
    case HeadScanner::State::incomplete: out.status = -1; return out;
    case HeadScanner::State::refused:
      out.status = scanner.refusal().status;
      out.code = scanner.refusal().code;
      return out;
    case HeadScanner::State::complete: break;
  }
  EXPECT_EQ(scanner.end(), head.size());
  const auto refusal = parse_head(std::string_view(head).substr(scanner.begin()), out.request, out.framing);
  if (refusal) {
    out.status = refusal->status;
    out.code = refusal->code;
  }
  return out;
}

int parse_status(const std::string& head) { return parse(head).status; }
int with_headers(std::string_view headers) {
  return parse_status(fmt::format("POST /x HTTP/1.1\r\nHost: a\r\n{}\r\n", headers));
}
int with_line(std::string_view line) { return parse_status(fmt::format("{}\r\nHost: a\r\n\r\n", line)); }
int with_host(std::string_view host) {
  return parse_status(fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host));
}

std::string path_of(std::string_view raw) {
  std::string path;
  const auto refusal = normalise_path(raw, path);
  return refusal ? fmt::format("{}", refusal->status) : path;
}

}  // namespace

TEST(Head, GivesAllPartsOfAnOrdinaryRequest) {
  const std::string head =
      "POST /api/v1/events/a%20b/?limit=5&q=x%2Fy HTTP/1.1\r\nHost: "
      "example.org:8042\r\nContent-Type:application/json\r\n"
      "X-Empty:\r\nX-Padded: \t v w \t\r\nContent-Length: 12\r\n\r\n";
  const auto parsed = parse(head);
  ASSERT_EQ(parsed.status, 0);
  EXPECT_EQ(parsed.request.method, Method::post);
  EXPECT_EQ(parsed.request.target, "/api/v1/events/a%20b/?limit=5&q=x%2Fy");
  EXPECT_EQ(parsed.request.path, "/api/v1/events/a b");
  EXPECT_EQ(parsed.request.query, "limit=5&q=x%2Fy");
  EXPECT_EQ(parsed.request.header("CONTENT-type"), "application/json");
  EXPECT_EQ(parsed.request.header("x-padded"), "v w");
  EXPECT_TRUE(parsed.request.has_header("x-empty"));
  EXPECT_FALSE(parsed.request.has_header("x-absent"));
  EXPECT_EQ(parsed.framing.body, Framing::Body::sized);
  EXPECT_EQ(parsed.framing.content_length, 12U);
  EXPECT_TRUE(parsed.framing.is_keep_alive);
}

TEST(Head, IsFoundAtTheSamePlaceHoweverTheBytesArrive) {
  const std::string head = "\r\nGET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
  for (std::size_t first = 0; first <= head.size(); ++first) {
    HeadScanner scanner;
    const auto expected = first < head.size() ? HeadScanner::State::incomplete : HeadScanner::State::complete;
    EXPECT_EQ(scanner.scan(head.substr(0, first)), expected) << first;
    if (first == head.size()) continue;
    EXPECT_EQ(scanner.scan(head + "GET"), HeadScanner::State::complete);
    EXPECT_EQ(scanner.begin(), 2U);
    EXPECT_EQ(scanner.end(), head.size());
  }
}

TEST(Head, KeepsTheConnectionAsTheVersionAndTheClientSay) {
  EXPECT_TRUE(parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n").framing.is_keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo , Close\r\n\r\n").framing.is_keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n").framing.is_keep_alive);
  EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").framing.is_keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").framing.is_keep_alive);
}

TEST(Head, F01_LengthAndCodingTogetherAreRefused) {
  EXPECT_EQ(with_headers("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(with_headers("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400);
  EXPECT_EQ(with_headers("transfer-encoding: chunked\r\nX: y\r\nCONTENT-LENGTH: 0\r\n"), 400);
}

TEST(Head, F02_OnlyTheExactWordChunkedIsATransferCoding) {
  EXPECT_EQ(with_headers("Transfer-Encoding: chunked\r\n"), 0);
  EXPECT_EQ(with_headers("Transfer-Encoding:chunked\r\n"), 0);
  for (const auto* unknown :
       {"xchunked", "gzip", "identity", "chunkedx", "\"chunked\"", "Chunked", "CHUNKED", "chunked;q=1"}) {
    EXPECT_EQ(with_headers(fmt::format("Transfer-Encoding: {}\r\n", unknown)), 501) << unknown;
  }
  for (const auto* malformed :
       {"chunked, identity", "gzip, chunked", "\tchunked", "chunked\t", ", chunked", "", "chunked,"}) {
    EXPECT_EQ(with_headers(fmt::format("Transfer-Encoding: {}\r\n", malformed)), 400) << malformed;
  }
  EXPECT_EQ(with_headers("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(with_headers("Transfer-Encoding: \vchunked\r\n"), 400);
  EXPECT_EQ(parse_status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(Head, F03_OnlyOnePlainNumberIsALength) {
  EXPECT_EQ(with_headers("Content-Length: 0\r\n"), 0);
  EXPECT_EQ(with_headers("Content-Length: 999999999999999999\r\n"), 0);
  for (const auto* bad : {"5, 5", "+5", "0x5", "-1", "18446744073709551616", "9223372036854775808", "", "5 5",
                          "5;", "1e3", "5.0", "\xD9\xA5"}) {
    EXPECT_EQ(with_headers(fmt::format("Content-Length: {}\r\n", bad)), 400) << bad;
  }
  EXPECT_EQ(with_headers("Content-Length: 5\r\nContent-Length: 5\r\n"), 400);
  EXPECT_EQ(with_headers("Content-Length: 5\r\ncontent-length: 6\r\n"), 400);
}

TEST(Head, F06_MalformedHeaderLinesAreRefused) {
  EXPECT_EQ(with_headers("X: a\r\n b\r\n"), 400);  // obs-fold
  EXPECT_EQ(with_headers("X: a\r\n\tb\r\n"), 400);
  EXPECT_EQ(with_headers("X : a\r\n"), 400);  // space before the colon
  EXPECT_EQ(with_headers("Content-Length : 5\r\n"), 400);
  EXPECT_EQ(with_headers("X\t: a\r\n"), 400);
  EXPECT_EQ(with_headers(": a\r\n"), 400);
  EXPECT_EQ(with_headers("X\r\n"), 400);
  EXPECT_EQ(with_headers("X(y): a\r\n"), 400);  // not a token
  EXPECT_EQ(with_headers("X\xC3\xA9: a\r\n"), 400);
  EXPECT_EQ(with_headers(std::string_view("X: a\0b\r\n", 8)), 400);
  EXPECT_EQ(with_headers("X: a\rb\r\n"), 400);
  EXPECT_EQ(with_headers("X: a\nY: b\r\n"), 400);  // a bare LF ends no line
  EXPECT_EQ(with_headers("X: a\x01\r\n"), 400);
  EXPECT_EQ(with_headers("X: a\x7F\r\n"), 400);
  EXPECT_EQ(parse_status("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400);
  EXPECT_EQ(parse_status("GET / HTTP/1.1\nHost: a\n\n"), 400);
  EXPECT_EQ(with_headers("X: gr\xC3\xBC\xC3\x9F, \xFF\r\n"), 0);  // obs-text is opaque, not malformed
}

TEST(Head, F07_LimitsAreExact) {
  const auto line_of = [](std::size_t size) {
    const std::string_view start = "GET /";
    const std::string_view end = " HTTP/1.1";
    return std::string(start) + std::string(size - start.size() - end.size(), 'a') + std::string(end);
  };
  EXPECT_EQ(with_line(line_of(limits::request_line_bytes_max)), 0);
  EXPECT_EQ(with_line(line_of(limits::request_line_bytes_max + 1)), 414);
  const auto header_of = [](std::size_t size) { return "X: " + std::string(size - 3, 'a') + "\r\n"; };
  EXPECT_EQ(with_headers(header_of(limits::header_bytes_max)), 0);
  EXPECT_EQ(with_headers(header_of(limits::header_bytes_max + 1)), 431);
  const auto headers_of = [](std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += "X: y\r\n";
    return out;
  };
  EXPECT_EQ(with_headers(headers_of(limits::header_count_max - 1)), 0);  // Host is one too
  EXPECT_EQ(with_headers(headers_of(limits::header_count_max)), 431);
  std::string large;
  for (int i = 0; i < 5; ++i) large += header_of(8'000);
  EXPECT_EQ(with_headers(large), 0);
  EXPECT_EQ(with_headers(large + header_of(1'000)), 431);
}

TEST(Head, F07_OverlongInputIsRefusedBeforeItIsWhole) {
  HeadScanner scanner;
  EXPECT_EQ(scanner.scan("GET /" + std::string(8'187, 'a')), HeadScanner::State::incomplete);
  EXPECT_EQ(scanner.scan("GET /" + std::string(1'000'000, 'a')), HeadScanner::State::refused);
  EXPECT_EQ(scanner.refusal().status, 414);
  HeadScanner headers;
  EXPECT_EQ(headers.scan("GET / HTTP/1.1\r\nX: " + std::string(9'000, 'a')), HeadScanner::State::refused);
  EXPECT_EQ(headers.refusal().status, 431);
}

TEST(Head, F08_HostMustBeOneAndPlain) {
  for (const auto* good : {"a", "example.org", "example.org:80", "127.0.0.1:8042", "[::1]:8042",
                           "[2001:db8::1]", "my_host", "A.b"}) {
    EXPECT_EQ(with_host(good), 0) << good;
  }
  for (const auto* bad : {"", "a b", "a,b", "a/b", "u@a", "a:", "a:99999", "a:1x", "[::1", "[a.b]", "::1",
                          "a?b", "a#b", "a:1:2", "\xC3\xA9", "[::1]x", "%41", "a\\b"}) {
    EXPECT_EQ(with_host(bad), 400) << bad;
  }
  EXPECT_EQ(with_host(std::string(300, 'a')), 400);
  EXPECT_EQ(parse_status("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(parse_status("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(parse_status("GET / HTTP/1.0\r\n\r\n"), 0);
  EXPECT_EQ(parse_status("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
}

TEST(Head, F08_TheTargetIsAPathOrNamesThisHost) {
  EXPECT_EQ(with_line("GET http://a/x HTTP/1.1"), 0);
  EXPECT_EQ(with_line("GET HTTP://A HTTP/1.1"), 0);
  EXPECT_EQ(with_line("GET http://b/x HTTP/1.1"), 421);
  EXPECT_EQ(with_line("GET http://a:80/x HTTP/1.1"), 421);
  EXPECT_EQ(parse("GET http://a/x/y?z HTTP/1.1\r\nHost: a\r\n\r\n").request.path, "/x/y");
  for (const auto* bad :
       {"GET a HTTP/1.1", "GET * HTTP/1.1", "GET a:80 HTTP/1.1", "GET http:///x HTTP/1.1",
        "GET ftp://a/ HTTP/1.1", "GET http://u@a/ HTTP/1.1", "GET  / HTTP/1.1", "GET /\xFF HTTP/1.1",
        "GET /a\tb HTTP/1.1", "GET /a#b HTTP/1.1", "GET /?a\x01 HTTP/1.1", "GET /?\xC3\xA9 HTTP/1.1",
        "GET /?\"x\" HTTP/1.1", "GET /<x> HTTP/1.1", "GET ?a HTTP/1.1", "GET http://a?b HTTP/1.1"}) {
    EXPECT_EQ(with_line(bad), 400) << bad;
  }
  EXPECT_EQ(with_line("OPTIONS * HTTP/1.1"), 0);
  EXPECT_EQ(with_line("CONNECT a:80 HTTP/1.1"), 405);
}

TEST(Head, F08_MethodsAreUpperCaseTokens) {
  EXPECT_EQ(with_line("get / HTTP/1.1"), 400);
  EXPECT_EQ(with_line("Get / HTTP/1.1"), 400);
  EXPECT_EQ(with_line("G@T / HTTP/1.1"), 400);
  EXPECT_EQ(with_line(" GET / HTTP/1.1"), 400);
  EXPECT_EQ(with_line("GET\t/ HTTP/1.1"), 400);
  EXPECT_EQ(with_line("GET /"), 400);
  EXPECT_EQ(with_line("PURGE / HTTP/1.1"), 0);
  EXPECT_EQ(parse("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n").request.method, Method::other);
}

TEST(Head, F09_OtherProtocolsAreRefused) {
  EXPECT_EQ(parse_status("PRI * HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(with_line("GET / HTTP/1.9"), 505);
  EXPECT_EQ(with_line("GET / HTTP/0.9"), 505);
  for (const auto* bad : {"GET / HTTP/1", "GET / http/1.1", "GET / HTTP/1.1 ", "GET / HTTP/1.1x",
                          "GET / HTTP/11", "GET / FTP/1.1"}) {
    EXPECT_EQ(with_line(bad), 400) << bad;
  }
  HeadScanner tls;
  EXPECT_EQ(tls.scan(std::string_view("\x16\x03\x01\x02\x00", 5)), HeadScanner::State::refused);
  EXPECT_EQ(parse_status("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(Head, F09_ExpectationsOtherThanContinueFail) {
  EXPECT_TRUE(parse("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n").framing.expects_continue);
  EXPECT_FALSE(parse("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").framing.expects_continue);
  EXPECT_EQ(with_headers("Expect: 200-ok\r\n"), 417);
  EXPECT_EQ(with_headers("Expect: 100-continue, x\r\n"), 417);
}

TEST(Path, IsDecodedOnceAndLosesOneTrailingSlash) {
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("/a"), "/a");
  EXPECT_EQ(path_of("/a/"), "/a");
  EXPECT_EQ(path_of("/a%2525/b%40c"), "/a%25/b@c");
  EXPECT_EQ(path_of("/name@1.2;x=1,(y)'!$&*+:~"), "/name@1.2;x=1,(y)'!$&*+:~");
  EXPECT_EQ(path_of("/gr%C3%BC%C3%9F"), "/gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(path_of("/..."), "/...");
  EXPECT_EQ(path_of("/.well-known"), "/.well-known");
}

TEST(Path, D09_TricksAreRefusedRatherThanRepaired) {
  for (const auto* trick :
       {"//",   "//a",       "/a//b",     "/a//",   "/.",     "/..",     "/a/..", "/a/../b",    "/a/./b",
        "/%2e", "/%2E%2e/b", "/.%2e",     "/a%2fb", "/a%2Fb", "/a%5cb",  "/a\\b", "/%00",       "/a%00b",
        "/%0a", "/%7f",      "/%",        "/%1",    "/%zz",   "/%c0%ae", "/%ff",  "/%ed%a0%80", "/a b",
        "/a|b", "/a\"b",     "/\xC3\xA9", "",       "a",      "*"}) {
    EXPECT_EQ(path_of(trick), "400") << trick;
  }
}

}  // namespace xzepr::http
