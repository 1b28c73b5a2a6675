#include "http/chunked.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace xzepr::http {
namespace {

struct Decoded {
  ChunkedDecoder::State state;
  int status;
  std::string body;
  std::size_t taken;
};

Decoded decode(std::string_view input, std::size_t step = std::string_view::npos,
               std::size_t body_bytes_max = 1'000) {
  ChunkedDecoder decoder(body_bytes_max);
  Decoded out{};
  while (out.taken < input.size()) {
    const auto taken = decoder.feed(input.substr(out.taken, step), out.body);
    out.taken += taken;
    if (taken == 0 || decoder.state() != ChunkedDecoder::State::incomplete) break;
  }
  out.state = decoder.state();
  out.status = out.state == ChunkedDecoder::State::refused ? decoder.refusal().status : 0;
  return out;
}

int decode_status(std::string_view input) { return decode(input).status; }

}  // namespace

TEST(Chunked, GivesTheSameBodyHoweverTheBytesArrive) {
  const std::string_view input = "5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nX-Trailer: y\r\nZ:\r\n\r\nGET";
  for (std::size_t step = 1; step <= input.size(); ++step) {
    const auto decoded = decode(input, step);
    EXPECT_EQ(decoded.state, ChunkedDecoder::State::complete) << step;
    EXPECT_EQ(decoded.body, "hello world") << step;
    EXPECT_EQ(input.substr(decoded.taken), "GET") << step;
  }
}

TEST(Chunked, IsNotCompleteBeforeItsLastByte) {
  const std::string_view input = "1\r\na\r\n000\r\n\r\n";
  for (std::size_t size = 0; size < input.size(); ++size) {
    EXPECT_EQ(decode(input.substr(0, size)).state, ChunkedDecoder::State::incomplete) << size;
  }
  EXPECT_EQ(decode(input).state, ChunkedDecoder::State::complete);
}

TEST(Chunked, F04_MalformedChunksAreRefused) {
  for (const auto* bad : {"\r\n",
                          "x\r\n",
                          "-1\r\n",
                          "+1\r\n",
                          "0x5\r\n",
                          " 5\r\n",
                          "5 \r\n",
                          "5 ;a\r\n",
                          "5\n",
                          "5\r5",
                          "5\rhello",
                          "\t5\r\n",
                          ";a\r\n",
                          "10000000000000000\r\n",
                          "ffffffffffffffff\r\n",
                          "FFFFFFFFFFFFFFFFF\r\n",
                          "0000000000000001\r\n",
                          "1\r\nab\r\n",
                          "1\r\na\n",
                          "1\r\na\rb",
                          "5;a\x01\r\n",
                          "5;a\nb",
                          "0\r\n\n",
                          "0\r\n\rx",
                          "0\n"}) {
    EXPECT_EQ(decode_status(bad), 400) << bad;
  }
}

TEST(Chunked, F04_ExtensionsAreBoundedTogether) {
  const auto with = [](std::size_t first, std::size_t second) {
    return decode_status(fmt::format("1;{}\r\na\r\n1;{}\r\nb\r\n0\r\n\r\n", std::string(first, 'x'),
                                     std::string(second, 'x')));
  };
  EXPECT_EQ(with(limits::chunk_extension_bytes_max, 0), 0);
  EXPECT_EQ(with(limits::chunk_extension_bytes_max - 1, 1), 0);
  EXPECT_EQ(with(limits::chunk_extension_bytes_max, 1), 400);
  EXPECT_EQ(with(limits::chunk_extension_bytes_max + 1, 0), 400);
}

TEST(Chunked, F05_TrailersAreCheckedAndDropped) {
  EXPECT_EQ(decode("1\r\na\r\n0\r\nAuthorization: Bearer x\r\nContent-Length: 9\r\n\r\n").body, "a");
  for (const auto* bad :
       {"0\r\n x: y\r\n\r\n", "0\r\nx y\r\n\r\n", "0\r\n: y\r\n\r\n", "0\r\nx : y\r\n\r\n", "0\r\nx: y\n\r\n",
        "0\r\nx: \x01\r\n\r\n", "0\r\nx\r\n\r\n", "0\r\nx: y\r\n z\r\n\r\n"}) {
    EXPECT_EQ(decode_status(bad), 400) << bad;
  }
  EXPECT_EQ(decode_status("0\r\nx: " + std::string(limits::header_bytes_max, 'y') + "\r\n\r\n"), 431);
}

TEST(Chunked, R38_TheLimitIsExactAndKnownFromTheSize) {
  EXPECT_EQ(decode("5\r\nhello\r\n0\r\n\r\n", 100, 5).status, 0);
  EXPECT_EQ(decode("5\r\nhello\r\n1\r\n", 100, 5).status, 413);
  EXPECT_EQ(decode("6\r\n", 100, 5).status, 413);
  EXPECT_EQ(decode("fffffffffffffff\r\n", 100, 5).status, 413);
}

}  // namespace xzepr::http
