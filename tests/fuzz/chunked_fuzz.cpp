// A chunked body is the same body however its bytes arrive, and the body that a second reader finds, written
// without states, straight from the grammar.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "http/chunked.hpp"

namespace {

using xzepr::http::ChunkedDecoder;
using State = ChunkedDecoder::State;

constexpr std::size_t body_bytes_max = 2'000;
// Below the bounds on extensions and trailers, which the second reader does not know.
constexpr std::size_t compared_bytes_max = 4'096;
constexpr std::size_t size_digits_max = 15;

struct Outcome {
  State state = State::incomplete;
  std::size_t taken = 0;
  std::string body;
  std::string code;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// The pieces are as long as the input's own bytes say; whole when `pattern` is empty.
Outcome decode(std::string_view input, std::string_view pattern) {
  ChunkedDecoder decoder(body_bytes_max);
  Outcome outcome;
  for (std::size_t turn = 0; outcome.taken < input.size() && decoder.state() == State::incomplete; ++turn) {
    const std::size_t piece =
        pattern.empty() ? input.size() : 1 + static_cast<unsigned char>(pattern[turn % pattern.size()]) % 20U;
    const auto part = input.substr(outcome.taken, piece);
    const std::size_t taken = decoder.feed(part, outcome.body);
    XZEPR_ASSERT(taken <= part.size() && outcome.body.size() <= body_bytes_max);
    XZEPR_ASSERT(taken == part.size() || decoder.state() != State::incomplete);
    outcome.taken += taken;
  }
  outcome.state = decoder.state();
  if (outcome.state == State::refused) outcome.code = decoder.refusal().code;
  XZEPR_ASSERT(decoder.state() == State::incomplete || decoder.feed("0\r\n\r\n", outcome.body) == 0);
  return outcome;
}

std::optional<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  const bool is_text =
      std::ranges::all_of(line, [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7F); });
  return is_text ? std::optional(line) : std::nullopt;
}

std::optional<std::size_t> chunk_size(std::string_view line) {
  const auto digits = line.substr(0, line.find(';'));
  const bool is_number = digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  if (digits.empty() || digits.size() > size_digits_max || !is_number) return std::nullopt;
  return std::stoull(std::string(digits), nullptr, 16);
}

bool is_trailer(std::string_view line) {
  constexpr std::string_view token =
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const auto colon = line.find(':');
  return colon != 0 && colon != std::string_view::npos &&
         line.substr(0, colon).find_first_not_of(token) == std::string_view::npos;
}

// The bytes and the body of a complete message at the front of `input`.
std::optional<Outcome> read(std::string_view input) {
  Outcome out{.state = State::complete};
  std::string_view rest = input;
  for (;;) {
    const auto line = take_line(rest);
    const auto size = line ? chunk_size(*line) : std::nullopt;
    if (!size || *size > body_bytes_max - out.body.size()) return std::nullopt;
    if (*size == 0) break;
    if (rest.size() < *size + 2 || rest.substr(*size, 2) != "\r\n") return std::nullopt;
    out.body += rest.substr(0, *size);
    rest.remove_prefix(*size + 2);
  }
  for (;;) {
    const auto line = take_line(rest);
    if (!line || (!line->empty() && !is_trailer(*line))) return std::nullopt;
    if (line->empty()) break;
  }
  out.taken = input.size() - rest.size();
  return out;
}

// `body` as chunks, whose lengths are taken from `body` too.
std::string encoded(std::string_view body) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  while (!body.empty()) {
    const auto part = body.substr(0, 1 + static_cast<unsigned char>(body[body.size() / 2]));
    if (part.size() > 255) out += '1';
    out += digits[part.size() / 16 % 16];
    out += digits[part.size() % 16];
    out.append(";n=v\r\n").append(part).append("\r\n");
    body.remove_prefix(part.size());
  }
  return out + "0\r\nTrailer: dropped\r\n\r\n";
}

void check_there_and_back(std::string_view body) {
  const std::string text = encoded(body);
  const auto outcome = decode(text + "GET", body);
  XZEPR_ASSERT(outcome.state == State::complete && outcome.taken == text.size() && outcome.body == body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = decode(input, "");
  XZEPR_ASSERT(decode(input, input) == whole);
  if (size <= compared_bytes_max) {
    const auto expected = read(input);
    XZEPR_ASSERT(expected.has_value() == (whole.state == State::complete));
    XZEPR_ASSERT(!expected || *expected == whole);
  }
  check_there_and_back(input.substr(0, std::min(size, body_bytes_max)));
  return 0;
}
