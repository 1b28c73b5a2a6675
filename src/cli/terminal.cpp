#include "cli/terminal.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "json/utf8.hpp"

namespace xzepr::cli {

namespace {

bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  return term != nullptr && std::string_view(term) != "dumb";
}

std::uint32_t code_point_of(std::string_view bytes) {
  if (bytes.size() == 1) return static_cast<unsigned char>(bytes[0]);
  std::uint32_t value = static_cast<unsigned char>(bytes[0]) & (0xffU >> (bytes.size() + 1));
  for (const char c : bytes.substr(1)) value = value << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  return value;
}

// C1 controls, bidirectional overrides and isolates, line and paragraph separators, byte order mark.
bool is_unprintable(std::uint32_t code) {
  return (code >= 0x80 && code < 0xa0) || (code >= 0x200e && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

std::optional<std::string> read_line() {
  std::array<char, 256> line{};
  if (std::fgets(line.data(), static_cast<int>(line.size()), stdin) == nullptr) return std::nullopt;
  std::string text(line.data());
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

void append_control(std::string& out, char c) {
  if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else if (c == '\r') {
    out += "\\r";
  } else {
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

Terminal make_terminal() {
  const bool has_colour = wants_colour();
  const bool is_out_terminal = isatty(STDOUT_FILENO) == 1;
  const bool is_err_terminal = isatty(STDERR_FILENO) == 1;
  const bool is_in_terminal = isatty(STDIN_FILENO) == 1;
  return {.out = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); },
          .err = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); },
          .read_answer = is_in_terminal ? read_line : std::function<std::optional<std::string>()>(),
          .is_out_terminal = is_out_terminal,
          .is_err_terminal = is_err_terminal,
          .has_colour = has_colour && is_out_terminal,
          .has_err_colour = has_colour && is_err_terminal};
}

bool flush_output() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t size = json::code_point_size(text);
    if (size == 0 || (size == 1 && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f))) {
      append_control(out, c);
      text.remove_prefix(1);
      continue;
    }
    const std::string_view bytes = text.substr(0, size);
    if (is_unprintable(code_point_of(bytes))) {
      out += fmt::format("\\u{{{:x}}}", code_point_of(bytes));
    } else {
      out += bytes;
    }
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace xzepr::cli
