#include "redis/reply.hpp"

#include <charconv>

#include <fmt/format.h>

namespace xzepr::redis {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view incomplete;  // the stop that is no mistake

template <class T>
using Read = std::expected<T, std::string_view>;

std::unexpected<std::string_view> stop(std::string_view why) { return std::unexpected(why); }

Read<std::string_view> read_line(std::string_view& rest) {
  const auto end = rest.find('\r');
  if (rest.substr(0, end).contains('\n')) return stop("a line feed without its carriage return");
  if (end == std::string_view::npos || end + 1 == rest.size()) return stop(incomplete);
  if (rest[end + 1] != '\n') return stop("a carriage return without its line feed");
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + line_end.size());
  return line;
}

Read<std::int64_t> read_integer(std::string_view& rest) {
  const auto line = read_line(rest);
  if (!line) return stop(line.error());
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), value);
  if (error != std::errc{} || end != line->data() + line->size()) return stop("no integer where one must be");
  return value;
}

// -1 stands for null.
Read<std::optional<std::size_t>> read_length(std::string_view& rest, std::size_t max) {
  const auto value = read_integer(rest);
  if (!value) return stop(value.error());
  if (*value == -1) return std::nullopt;
  if (*value < 0 || static_cast<std::uint64_t>(*value) > max) return stop("a length beyond the bounds");
  return static_cast<std::size_t>(*value);
}

Read<Reply> read_bulk(std::string_view& rest) {
  const auto length = read_length(rest, ReplyReader::reply_bytes_max);
  if (!length) return stop(length.error());
  if (!*length) return Reply{};
  if (rest.size() < **length + line_end.size()) return stop(incomplete);
  if (rest.substr(**length, line_end.size()) != line_end) return stop("a string longer than its length");
  Reply reply{.kind = Reply::Kind::text, .text = std::string(rest.substr(0, **length))};
  rest.remove_prefix(**length + line_end.size());
  return reply;
}

Read<Reply> read_reply(std::string_view& rest, unsigned depth);

Read<Reply> read_array(std::string_view& rest, unsigned depth) {
  const auto count = read_length(rest, ReplyReader::elements_max);
  if (!count) return stop(count.error());
  if (!*count) return Reply{};
  if (depth == ReplyReader::depth_max) return stop("arrays too deep in one another");
  Reply reply{.kind = Reply::Kind::array};
  for (std::size_t i = 0; i < **count; ++i) {
    auto element = read_reply(rest, depth + 1);
    if (!element) return element;
    reply.elements.push_back(*std::move(element));
  }
  return reply;
}

Read<Reply> read_text(std::string_view& rest, Reply::Kind kind) {
  const auto line = read_line(rest);
  if (!line) return stop(line.error());
  return Reply{.kind = kind, .text = std::string(*line)};
}

Read<Reply> read_reply(std::string_view& rest, unsigned depth) {
  if (rest.empty()) return stop(incomplete);
  const char type = rest.front();
  rest.remove_prefix(1);
  switch (type) {
    case '+': return read_text(rest, Reply::Kind::text);
    case '-': return read_text(rest, Reply::Kind::error);
    case '$': return read_bulk(rest);
    case '*': return read_array(rest, depth);
    case ':': break;
    default: return stop("no reply of RESP2");
  }
  const auto value = read_integer(rest);
  if (!value) return stop(value.error());
  return Reply{.kind = Reply::Kind::integer, .integer = *value};
}

}  // namespace

std::expected<std::optional<Reply>, std::string_view> ReplyReader::next() {
  // Beyond the bound a reply is refused whether its end has come or not, so that it does not matter how the
  // bytes arrive.
  auto rest = std::string_view(buffer_).substr(taken_, reply_bytes_max);
  const std::size_t before = rest.size();
  auto reply = read_reply(rest, 0);
  if (reply) {
    taken_ += before - rest.size();
    return std::optional(*std::move(reply));
  }
  if (!reply.error().empty()) return stop(reply.error());
  if (before == reply_bytes_max) return stop("a reply beyond the bounds");
  buffer_.erase(0, taken_);
  taken_ = 0;
  return std::nullopt;
}

std::string encode_command(std::span<const std::string_view> words) {
  std::string bytes = fmt::format("*{}\r\n", words.size());
  for (const auto word : words) {
    fmt::format_to(std::back_inserter(bytes), "${}\r\n", word.size());
    bytes.append(word).append(line_end);
  }
  return bytes;
}

}  // namespace xzepr::redis
