// Frames of a WebSocket mean the same however their bytes arrive, and nothing gathers beyond a message.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "http/frames.hpp"

namespace {

using xzepr::http::FrameReader;
using Event = FrameReader::Event;

struct Said {
  Event event;
  std::string payload;

  friend bool operator==(const Said&, const Said&) = default;
};

// Everything until more bytes are needed; true when there will be no more.
bool read_all(FrameReader& reader, std::vector<Said>& said) {
  for (auto event = reader.next(); event != Event::need_bytes; event = reader.next()) {
    said.push_back({.event = event, .payload = std::string(reader.payload())});
    if (event == Event::text) {
      XZEPR_ASSERT(reader.payload().size() <= xzepr::http::web_socket_message_bytes_max);
      XZEPR_ASSERT(xzepr::is_valid_utf8(reader.payload()));
    }
    if (event == Event::failed || event == Event::close) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<Said> whole;
  FrameReader at_once;
  at_once.append(bytes);
  (void)read_all(at_once, whole);

  std::vector<Said> pieces;
  FrameReader in_pieces;
  for (std::size_t i = 0; i < size; ++i) {
    in_pieces.append(bytes.substr(i, 1));
    if (read_all(in_pieces, pieces)) break;
  }
  XZEPR_ASSERT(whole == pieces);
  return 0;
}
