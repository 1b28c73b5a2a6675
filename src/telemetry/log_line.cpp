#include "telemetry/log_line.hpp"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "base/time_text.hpp"

namespace xzepr::telemetry {
namespace {

constexpr std::string_view cut_mark = "\u2026";
constexpr std::string_view replacement = "\uFFFD";

struct Character {
  std::size_t size;      // bytes taken from the input
  bool is_valid;         // UTF-8 as RFC 3629 has it
  bool must_be_escaped;  // a control, C1 and the line separators of Unicode among them
};

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// The first byte's length and the bounds of the second byte exclude overlong forms, surrogates and what lies
// above U+10FFFF.
Character classify_multibyte(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const unsigned char first = at(0);
  const std::size_t size = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (size == 0 || at(1) < low || at(1) > high) return {1, false, false};
  for (std::size_t i = 2; i < size; ++i) {
    if (!is_continuation(at(i))) return {1, false, false};
  }
  const bool is_c1 = first == 0xC2 && at(1) < 0xA0;
  const bool is_separator = first == 0xE2 && at(1) == 0x80 && (at(2) == 0xA8 || at(2) == 0xA9);
  return {size, true, is_c1 || is_separator};
}

unsigned code_point(std::string_view character) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(character[i]));
  };
  if (character.size() == 2) return ((byte(0) & 0x1FU) << 6) | (byte(1) & 0x3FU);
  return ((byte(0) & 0x0FU) << 12) | ((byte(1) & 0x3FU) << 6) | (byte(2) & 0x3FU);
}

void append_ascii_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
  }
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

std::size_t plain_prefix(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() && is_plain(text[i])) ++i;
  return i;
}

void append_multibyte(std::string& out, std::string_view text, Character character) {
  if (!character.is_valid) {
    out += replacement;
  } else if (character.must_be_escaped) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", code_point(text.substr(0, character.size)));
  } else {
    out += text.substr(0, character.size);
  }
}

void append_escaped(std::string& out, std::string_view text) {
  std::size_t budget = log_value_bytes_max;
  while (!text.empty()) {
    std::size_t taken = plain_prefix(text.substr(0, budget));
    if (taken > 0) {
      out += text.substr(0, taken);
    } else {
      const auto character =
          static_cast<unsigned char>(text[0]) < 0x80 ? Character{1, true, true} : classify_multibyte(text);
      if (character.size > budget) break;
      taken = character.size;
      if (static_cast<unsigned char>(text[0]) < 0x80) {
        append_ascii_escaped(out, text[0]);
      } else {
        append_multibyte(out, text, character);
      }
    }
    text.remove_prefix(taken);
    budget -= taken;
  }
  if (!text.empty()) out += cut_mark;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

// Bare when no reader could mistake it for something else.
void append_text_value(std::string& out, std::string_view text) {
  const bool is_bare = !text.empty() && text.size() <= log_value_bytes_max &&
                       plain_prefix(text) == text.size() &&
                       text.find_first_of(" =") == std::string_view::npos;
  if (is_bare) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

struct AppendValue {
  std::string& out;
  LogFormat format;

  void operator()(std::string_view text) const {
    if (format == LogFormat::json) {
      append_quoted(out, text);
    } else {
      append_text_value(out, text);
    }
  }
  void operator()(std::int64_t number) const {
    const fmt::format_int digits(number);
    out.append(digits.data(), digits.size());
  }
  void operator()(double number) const {
    if (std::isfinite(number)) {
      fmt::format_to(std::back_inserter(out), "{}", number);
    } else {
      out += "null";  // JSON has no spelling for infinities and NaN
    }
  }
  void operator()(bool truth) const { out += truth ? "true" : "false"; }
};

std::string_view level_name(Level level) {
  switch (level) {
    case Level::trace: return "TRACE";
    case Level::debug: return "DEBUG";
    case Level::info: return "INFO";
    case Level::warn: return "WARN";
    case Level::error: return "ERROR";
  }
  return "";
}

// Lines come by the thousand within one second; only the fraction is new.
void append_timestamp(std::string& out, TimePoint time) {
  thread_local std::string prefix;
  thread_local std::chrono::sys_seconds prefix_second = std::chrono::sys_seconds::min();
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second != prefix_second) {
    prefix = to_string(TimePoint{second}).substr(0, 20);
    prefix_second = second;
  }
  char fraction[] = "000000Z";
  auto micros = (time - second).count();
  for (int i = 5; i >= 0; --i, micros /= 10) fraction[i] = static_cast<char>('0' + micros % 10);
  out += prefix;
  out.append(fraction, 7);
}

void append_json(std::string& out, const LogEntry& entry) {
  out += R"({"timestamp":")";
  append_timestamp(out, entry.time);
  out += R"(","level":")";
  out += level_name(entry.level);
  out += R"(","target":)";
  append_quoted(out, entry.target);
  out += R"(,"message":)";
  append_quoted(out, entry.message);
  for (const auto& field : entry.fields) {
    out += ',';
    append_quoted(out, field.name);
    out += ':';
    std::visit(AppendValue{out, LogFormat::json}, field.value);
  }
  out += "}\n";
}

void append_text(std::string& out, const LogEntry& entry) {
  append_timestamp(out, entry.time);
  out += ' ';
  const auto level = level_name(entry.level);
  out += level;
  out.append(6 - level.size(), ' ');
  append_escaped(out, entry.target);
  out += ": ";
  append_escaped(out, entry.message);
  for (const auto& field : entry.fields) {
    out += ' ';
    append_escaped(out, field.name);
    out += '=';
    std::visit(AppendValue{out, LogFormat::text}, field.value);
  }
  out += '\n';
}

}  // namespace

void append_line(std::string& out, LogFormat format, const LogEntry& entry) {
  if (format == LogFormat::json) {
    append_json(out, entry);
  } else {
    append_text(out, entry);
  }
}

}  // namespace xzepr::telemetry
