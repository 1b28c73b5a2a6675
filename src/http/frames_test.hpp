// For tests: frames as a client sends them.
#pragma once

#include <string>
#include <string_view>

#include "http/frames.hpp"

namespace xzepr::http {

inline std::string client_frame(Opcode opcode, std::string_view payload, bool is_final = true) {
  std::string plain;
  append_frame(plain, Opcode::text, payload);
  plain.resize(plain.size() - payload.size());
  plain[0] = static_cast<char>((is_final ? 0x80 : 0) | static_cast<int>(opcode));
  plain[1] = static_cast<char>(plain[1] | 0x80);
  constexpr std::string_view mask = "mask";
  plain += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) plain += static_cast<char>(payload[i] ^ mask[i % 4]);
  return plain;
}

}  // namespace xzepr::http
