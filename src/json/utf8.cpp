#include "json/utf8.hpp"

namespace xzepr::json {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) { return static_cast<std::uint8_t>(text[i]); }

bool is_continuation(std::string_view text, std::size_t i) { return (byte_at(text, i) & 0xC0U) == 0x80U; }

std::size_t three_byte_size(std::string_view text) {
  if (text.size() < 3 || !is_continuation(text, 1) || !is_continuation(text, 2)) return 0;
  const auto first = byte_at(text, 0);
  const auto second = byte_at(text, 1);
  if (first == 0xE0 && second < 0xA0) return 0;   // overlong
  if (first == 0xED && second >= 0xA0) return 0;  // a surrogate
  return 3;
}

std::size_t four_byte_size(std::string_view text) {
  if (text.size() < 4 || !is_continuation(text, 1) || !is_continuation(text, 2) ||
      !is_continuation(text, 3)) {
    return 0;
  }
  const auto first = byte_at(text, 0);
  const auto second = byte_at(text, 1);
  if (first == 0xF0 && second < 0x90) return 0;   // overlong
  if (first == 0xF4 && second >= 0x90) return 0;  // above U+10FFFF
  return 4;
}

}  // namespace

std::size_t code_point_size(std::string_view text) {
  const auto first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return text.size() >= 2 && is_continuation(text, 1) ? 2 : 0;
  if (first < 0xF0) return three_byte_size(text);
  if (first < 0xF5) return four_byte_size(text);
  return 0;
}

std::size_t code_point_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<std::uint8_t>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

void append_code_point(std::string& out, std::uint32_t code_point) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0U | (code_point >> 6U));
  } else {
    if (code_point < 0x10000) {
      put(0xE0U | (code_point >> 12U));
    } else {
      put(0xF0U | (code_point >> 18U));
      put(0x80U | ((code_point >> 12U) & 0x3FU));
    }
    put(0x80U | ((code_point >> 6U) & 0x3FU));
  }
  put(0x80U | (code_point & 0x3FU));
}

}  // namespace xzepr::json
