// Text that is put together from many small parts: the room for several is made at once.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace xzepr {

/// `write(char* at)` puts at most `bytes_max` bytes behind what `out` holds, and returns where they end.
template <class Write>
void append_with(std::string& out, std::size_t bytes_max, Write write) {
  const auto size = out.size();
  out.resize_and_overwrite(size + bytes_max, [&write, size](char* text, std::size_t) {
    return static_cast<std::size_t>(write(text + size) - text);
  });
}

/// Where it ends.
inline char* put(char* at, std::string_view text) {
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

}  // namespace xzepr
