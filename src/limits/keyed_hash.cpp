#include "limits/keyed_hash.hpp"

#include <bit>
#include <cstring>
#include <random>

namespace xzepr::limits {
namespace {

struct State {
  std::uint64_t a;
  std::uint64_t b;
  std::uint64_t c;
  std::uint64_t d;

  void round() {
    a += b;
    c += d;
    b = std::rotl(b, 13) ^ a;
    d = std::rotl(d, 16) ^ c;
    a = std::rotl(a, 32);
    c += b;
    a += d;
    b = std::rotl(b, 17) ^ c;
    d = std::rotl(d, 21) ^ a;
    c = std::rotl(c, 32);
  }

  void absorb(std::uint64_t word) {
    d ^= word;
    round();
    a ^= word;
  }
};

static_assert(std::endian::native == std::endian::little);

}  // namespace

HashKey random_hash_key() {
  std::random_device device;
  const auto word = [&device] { return std::uint64_t{device()} << 32U | device(); };
  const auto first = word();
  return {.first = first, .second = word()};
}

std::uint64_t keyed_hash(std::string_view text, const HashKey& key) {
  State state{.a = key.first ^ 0x736f6d6570736575U,
              .b = key.second ^ 0x646f72616e646f6dU,
              .c = key.first ^ 0x6c7967656e657261U,
              .d = key.second ^ 0x7465646279746573U};
  const auto size = text.size();
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    state.absorb(word);
  }
  std::uint64_t last = std::uint64_t{size} << 56U;
  for (std::size_t i = 0; i < text.size(); ++i)
    last |= std::uint64_t{static_cast<std::uint8_t>(text[i])} << (8 * i);
  state.absorb(last);
  state.c ^= 0xFFU;
  for (int i = 0; i < 3; ++i) state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace xzepr::limits
