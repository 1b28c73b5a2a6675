#include "http/chunked.hpp"

#include <algorithm>

#include "base/grammar.hpp"
#include "base/limits.hpp"

namespace xzepr::http {

// 15 digits say up to 2^60 - 1, which no sum with a body's size can carry over 64 bits.
constexpr std::size_t size_digits_max = 15;

std::size_t ChunkedDecoder::feed(std::string_view input, std::string& body) {
  std::size_t taken = 0;
  while (taken < input.size() && state() == State::incomplete) {
    if (expect_ == Expect::data) {
      const auto part = input.substr(taken, std::min<std::uint64_t>(left_, input.size() - taken));
      body.append(part);
      taken += part.size();
      decoded_ += part.size();
      left_ -= part.size();
      if (left_ == 0) expect_ = Expect::data_return;
    } else {
      take(input[taken]);
      ++taken;
    }
  }
  return taken;
}

ChunkedDecoder::State ChunkedDecoder::state() const {
  if (expect_ == Expect::never) return State::refused;
  return expect_ == Expect::nothing ? State::complete : State::incomplete;
}

void ChunkedDecoder::refuse(int status, std::string_view code, std::string_view detail) {
  refusal_ = {status, code, detail};
  expect_ = Expect::never;
}

void ChunkedDecoder::take(char c) {
  const auto demand = [&](char wanted, Expect next) {
    expect_ = next;
    if (c != wanted) refuse(400, "http_malformed", "a chunk does not end where its size says");
  };
  switch (expect_) {
    case Expect::size: return take_size(c);
    case Expect::extension:
      if (c == '\r') {
        expect_ = Expect::size_feed;
      } else if (!grammar::is(c, grammar::field_value)) {
        refuse(400, "http_malformed", "a chunk extension holds a control character");
      } else if (++extension_bytes_ > limits::chunk_extension_bytes_max) {
        refuse(400, "http_malformed", "chunk extensions are longer than 4,096 bytes");
      }
      return;
    case Expect::size_feed:
      demand('\n', Expect::size);
      if (expect_ != Expect::never) end_of_size_line();
      return;
    case Expect::data_return: return demand('\r', Expect::data_feed);
    case Expect::data_feed: return demand('\n', Expect::size);
    case Expect::trailer_start:
    case Expect::trailer_name:
    case Expect::trailer_value:
    case Expect::trailer_feed: return take_trailer(c);
    case Expect::last_feed: return demand('\n', Expect::nothing);
    case Expect::data:
    case Expect::nothing:
    case Expect::never: return;
  }
}

void ChunkedDecoder::take_size(char c) {
  const int digit = grammar::hex_value(c);
  if (digit >= 0) {
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    if (++size_digits_ > size_digits_max) return refuse(400, "http_malformed", "a chunk's size is too large");
    return;
  }
  if (size_digits_ == 0 || (c != '\r' && c != ';')) {
    return refuse(400, "http_malformed", "a chunk's size is not a hexadecimal number");
  }
  if (left_ > body_bytes_max_ - decoded_) {
    return refuse(413, "body_too_large", "the body is larger than this resource takes");
  }
  expect_ = c == ';' ? Expect::extension : Expect::size_feed;
}

void ChunkedDecoder::end_of_size_line() {
  expect_ = left_ == 0 ? Expect::trailer_start : Expect::data;
  size_digits_ = 0;
}

void ChunkedDecoder::take_trailer(char c) {
  if (++trailer_bytes_ > limits::header_bytes_max) {
    return refuse(431, "headers_too_large", "trailers are longer than 8,192 bytes");
  }
  const bool is_name = grammar::is(c, grammar::token);
  if (expect_ == Expect::trailer_feed) {
    expect_ = Expect::trailer_start;
    if (c != '\n') refuse(400, "http_malformed", "a trailer ends without CR LF");
  } else if (expect_ == Expect::trailer_value) {
    if (c == '\r') {
      expect_ = Expect::trailer_feed;
    } else if (!grammar::is(c, grammar::field_value)) {
      refuse(400, "http_malformed", "a trailer holds a control character");
    }
  } else if (expect_ == Expect::trailer_start && c == '\r') {
    expect_ = Expect::last_feed;
  } else if (is_name) {
    expect_ = Expect::trailer_name;
  } else if (expect_ == Expect::trailer_name && c == ':') {
    expect_ = Expect::trailer_value;
  } else {
    refuse(400, "http_malformed", "a trailer is not a name directly followed by a colon");
  }
}

}  // namespace xzepr::http
