#include "http/frames.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "http/frames_test.hpp"
#include "http/web_socket.hpp"

namespace xzepr::http {
namespace {

using Event = FrameReader::Event;

struct Read {
  Event event;
  std::string payload;
  std::uint16_t code = 0;

  friend bool operator==(const Read&, const Read&) = default;
};

Read read_one(std::string_view bytes) {
  FrameReader reader;
  reader.append(bytes);
  const auto event = reader.next();
  return {event, std::string(reader.payload()),
          event == Event::failed || event == Event::close ? reader.code() : std::uint16_t{0}};
}

std::uint16_t failure_of(std::string_view bytes) {
  const auto read = read_one(bytes);
  EXPECT_EQ(read.event, Event::failed);
  return read.code;
}

}  // namespace

// RFC 6455, section 5.7.
TEST(Frames, OfTheSpecificationsExamples) {
  EXPECT_EQ(read_one("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), (Read{Event::text, "Hello"}));
  EXPECT_EQ(read_one("\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), (Read{Event::ping, "Hello"}));
  std::string out;
  append_frame(out, Opcode::text, "Hello");
  EXPECT_EQ(out, "\x81\x05Hello");
  out.clear();
  append_frame(out, Opcode::text, std::string(256, 'x'));
  EXPECT_EQ(out.substr(0, 4), std::string("\x81\x7E\x01\x00", 4));
  out.clear();
  append_frame(out, Opcode::text, std::string(65'536, 'x'));
  EXPECT_EQ(out.substr(0, 10), std::string("\x81\x7F\0\0\0\0\0\x01\0\0", 10));
}

TEST(Frames, ArriveInAnyPieces) {
  const auto bytes = client_frame(Opcode::text, "He", false) + client_frame(Opcode::ping, "p") +
                     client_frame(Opcode::continuation, "llo") +
                     client_frame(Opcode::text, std::string(70'000 / 2, 'y'));
  FrameReader reader;
  std::vector<std::string> said;
  for (const char byte : bytes) {
    reader.append({&byte, 1});
    for (auto event = reader.next(); event != Event::need_bytes; event = reader.next()) {
      ASSERT_NE(event, Event::failed);
      said.emplace_back(reader.payload());
    }
  }
  EXPECT_EQ(said, (std::vector<std::string>{"p", "Hello", std::string(35'000, 'y')}));
}

TEST(Frames, ThatAClientMustNotSend) {
  EXPECT_EQ(failure_of(std::string("\x81\x05Hello")), 1002) << "not masked";
  EXPECT_EQ(failure_of(std::string("\xC1\x80\0\0\0\0", 6)), 1002) << "a reserved bit";
  EXPECT_EQ(failure_of(std::string("\x83\x80\0\0\0\0", 6)), 1002) << "an unknown opcode";
  EXPECT_EQ(failure_of(client_frame(Opcode::ping, "", false)), 1002) << "a control frame in pieces";
  EXPECT_EQ(failure_of(client_frame(Opcode::ping, std::string(126, 'x'))), 1002);
  EXPECT_EQ(failure_of(client_frame(Opcode::continuation, "x")), 1002) << "nothing to continue";
  EXPECT_EQ(failure_of(client_frame(Opcode::text, "a", false) + client_frame(Opcode::text, "b")), 1002);
  EXPECT_EQ(failure_of(client_frame(Opcode::binary, "x")), 1003);
  EXPECT_EQ(failure_of(client_frame(Opcode::text, "\xff")), 1007);
  EXPECT_EQ(failure_of(std::string("\x81\xFE\x00\x01\0\0\0\0x", 9)), 1002) << "a length in too many bytes";
  EXPECT_EQ(failure_of(std::string("\x81\xFF\x80\0\0\0\0\0\0\0\0\0\0\0", 14)), 1009);
}

// G17
TEST(Frames, AMessageIsBounded) {
  EXPECT_EQ(read_one(client_frame(Opcode::text, std::string(65'536, 'x'))).event, Event::text);
  EXPECT_EQ(failure_of(client_frame(Opcode::text, std::string(65'537, 'x')).substr(0, 14)), 1009)
      << "before any of it has come";
  EXPECT_EQ(failure_of(client_frame(Opcode::text, std::string(40'000, 'x'), false) +
                       client_frame(Opcode::continuation, std::string(40'000, 'x'))),
            1009);
  FrameReader reader;
  reader.append(client_frame(Opcode::text, "", false));
  for (std::size_t i = 1; i < web_socket_fragments_max; ++i)
    reader.append(client_frame(Opcode::continuation, "", false));
  EXPECT_EQ(reader.next(), Event::need_bytes);
  reader.append(client_frame(Opcode::continuation, "", false));
  EXPECT_EQ(reader.next(), Event::failed);
  EXPECT_EQ(reader.code(), 1008);
  EXPECT_EQ(reader.next(), Event::failed) << "for good";
}

TEST(Frames, ACloseHasACodeThatMayBeSent) {
  const auto close = [](std::string payload) { return read_one(client_frame(Opcode::close, payload)); };
  EXPECT_EQ(close(""), (Read{Event::close, "", 1000}));
  EXPECT_EQ(close(std::string("\x03\xE9") + "bye"), (Read{Event::close, "bye", 1001}));
  EXPECT_EQ(close("\x0F\xA1").code, 4001);
  for (const auto& wrong : {std::string("\x03"), std::string("\x03\xED"), std::string("\x03\xEE"),
                            std::string("\0\0", 2), std::string("\x13\x88")})
    EXPECT_EQ(close(wrong).code, 1002);
  EXPECT_EQ(close(std::string("\x03\xE8\xff")).code, 1007);
  std::string out;
  append_close_frame(out, 1008, std::string(200, 'r'));
  EXPECT_EQ(out.size(), 2U + 125U);
}

TEST(Frames, TheHandshakeIsThatOfTheSpecification) {
  Request request{.method = Method::get};
  request.headers = {{"Upgrade", "websocket"},
                     {"Connection", "keep-alive, Upgrade"},
                     {"Sec-WebSocket-Version", "13"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"Sec-WebSocket-Protocol", "a, b"}};
  const auto header = [](const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return std::string();
  };
  constexpr std::array<std::string_view, 2> spoken = {"c", "b"};
  const auto response = accept_web_socket(request, nullptr, spoken);
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(header(response, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(header(response, "Sec-WebSocket-Protocol"), "b");
  EXPECT_TRUE(wants_web_socket(request));
  request.headers[2].value = "12";
  EXPECT_EQ(accept_web_socket(request, nullptr).status, 426);
  EXPECT_EQ(header(accept_web_socket(request, nullptr), "Sec-WebSocket-Version"), "13");
  request.headers[2].value = "13";
  request.headers[3].value = "c2hvcnQ=";
  EXPECT_EQ(accept_web_socket(request, nullptr).status, 400);
  request.headers[3].value = "dGhlIHNhbXBsZSBub25jZQ==";
  request.headers[1].value = "close";
  EXPECT_EQ(accept_web_socket(request, nullptr).status, 400);
}

}  // namespace xzepr::http
