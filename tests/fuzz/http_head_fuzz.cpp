// A connection's bytes are the same requests however they are cut into reads, nothing follows a refusal, and
// what is accepted is what the documents promise to handlers.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "http/query.hpp"
#include "http/request_reader.hpp"

namespace {

using xzepr::http::BodyReading;
using xzepr::http::Framing;
using xzepr::http::Request;
using xzepr::http::RequestReader;

constexpr std::size_t body_bytes_max = 2'000;

bool equal(std::string_view name, std::string_view lower) {
  return std::ranges::equal(name, lower,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::size_t count(const Request& request, std::string_view lower) {
  return static_cast<std::size_t>(
      std::ranges::count_if(request.headers, [&](const auto& header) { return equal(header.name, lower); }));
}

void check_path(std::string_view path) {
  XZEPR_ASSERT(path == "*" || path.starts_with('/'));
  XZEPR_ASSERT(path == "/" || !path.ends_with('/'));
  XZEPR_ASSERT(xzepr::is_valid_utf8(path));
  const std::string closed = std::string(path) + "/";
  for (const std::string_view bad : {"//", "/./", "/../", "\\"}) {
    XZEPR_ASSERT(path == "/" || closed.find(bad) == std::string::npos);
  }
  XZEPR_ASSERT(std::ranges::none_of(path, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }));
}

void check(const Request& request, const Framing& framing, std::string_view body) {
  XZEPR_ASSERT(request.headers.size() <= xzepr::limits::header_count_max);
  XZEPR_ASSERT(body.size() <= body_bytes_max);
  XZEPR_ASSERT(count(request, "host") == 1 || (framing.is_version_1_0 && count(request, "host") == 0));
  XZEPR_ASSERT(count(request, "content-length") + count(request, "transfer-encoding") <= 1);
  XZEPR_ASSERT((count(request, "transfer-encoding") == 1) == (framing.body == Framing::Body::chunked));
  XZEPR_ASSERT(framing.body != Framing::Body::sized || body.size() == framing.content_length);
  for (const auto& header : request.headers) {
    XZEPR_ASSERT(!header.name.empty());
    XZEPR_ASSERT(header.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  }
  check_path(request.path);
  static_cast<void>(xzepr::http::parse_query(request.query));
}

struct Outcome {
  std::string requests;
  bool is_refused = false;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void append(std::string& out, const Request& request, std::string_view body) {
  for (const auto part :
       {request.method_text, request.target, std::string_view(request.path), request.query, body}) {
    out.append(part).append("\n");
  }
  for (const auto& header : request.headers)
    out.append(header.name).append("=").append(header.value).append("\n");
}

void take_part(RequestReader& reader, std::string& body) {
  body += reader.part();
  reader.drop_part();
  XZEPR_ASSERT(reader.part().empty());
}

// True when more bytes are wanted. `body`: what was handed out of a streamed one.
bool advance(RequestReader& reader, BodyReading reading, std::string& body, Outcome& outcome) {
  for (;;) {
    switch (reader.advance()) {
      case RequestReader::Step::need_bytes:
        if (reader.is_in_body() && reader.is_streamed()) take_part(reader, body);
        return true;
      case RequestReader::Step::head_complete:
        reader.accept_body({.bytes_max = body_bytes_max, .reading = reading});
        break;
      case RequestReader::Step::request_complete:
        if (reader.is_streamed()) {
          take_part(reader, body);
        } else {
          body = reader.request().body;
        }
        check(reader.request(), reader.framing(), body);
        append(outcome.requests, reader.request(), std::exchange(body, {}));
        reader.next();
        break;
      case RequestReader::Step::refused:
        XZEPR_ASSERT(reader.refusal().status >= 400 && !reader.refusal().code.empty());
        outcome.is_refused = true;
        return false;
    }
  }
}

Outcome read(std::string_view input, std::size_t piece, BodyReading reading) {
  RequestReader reader;
  Outcome outcome;
  std::string body;
  while (advance(reader, reading, body, outcome) && !input.empty()) {
    const auto room = reader.prepare();
    XZEPR_ASSERT(!room.empty());
    const auto part = input.substr(0, std::min(piece, room.size()));
    std::ranges::copy(part, room.begin());
    reader.commit(part.size());
    input.remove_prefix(part.size());
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = read(input, std::max<std::size_t>(size, 1), BodyReading::whole);
  const std::size_t piece = size > 0 ? 1 + data[size / 2] % 64 : 1;
  XZEPR_ASSERT(read(input, piece, BodyReading::whole) == whole);
  XZEPR_ASSERT(read(input, piece, BodyReading::streamed) == whole);
  return 0;
}
