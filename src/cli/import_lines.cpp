#include "cli/import_lines.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "json/parse.hpp"

namespace xzepr::cli {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::expected<json::Object, client::Failure> object_of(const ImportLine& line) {
  if (line.is_too_long) {
    return std::unexpected(
        client::Failure{.status = 413,
                        .code = "item_too_large",
                        .detail = fmt::format("longer than {} bytes", limits::body_bytes_max)});
  }
  auto parsed = json::parse(line.text);
  if (!parsed) {
    client::Failure failure = client::failure_of(parsed.error());
    failure.detail = fmt::format("no JSON: {}", failure.detail);
    return std::unexpected(std::move(failure));
  }
  if (!parsed->is_object()) {
    return std::unexpected(
        client::Failure{.status = 400, .code = "request_invalid", .detail = "no JSON object"});
  }
  return std::move(parsed->get_object());
}

std::size_t artifact_of(const json::Object& event) {
  std::string text;
  for (const std::string_view field : {"name", "version", "release", "platform_id", "package"}) {
    if (const auto* value = event.if_contains(field); value != nullptr && value->is_string())
      text += json::view(value->get_string());
    text += '\0';
  }
  return std::hash<std::string>{}(text);
}

}  // namespace

std::string_view LineReader::rest() {
  if (begin_ == end_) {
    begin_ = 0;
    end_ = read_(block_.data(), block_.size());
    bytes_read_ += end_;
  }
  return {block_.data() + begin_, end_ - begin_};
}

std::optional<ImportLine> LineReader::next_raw() {
  ImportLine line{.number = ++number_};
  bool has_any = false;
  for (auto left = rest(); !left.empty(); left = rest()) {
    has_any = true;
    const auto end = left.find('\n');
    const auto part = left.substr(0, end);
    const auto fitting = part.substr(0, line_bytes_max_ - line.text.size());
    line.is_too_long |= fitting.size() < part.size();
    line.text += fitting;
    begin_ += part.size();
    if (end == left.npos) continue;
    ++begin_;
    return line;
  }
  if (has_any) return line;
  return std::nullopt;
}

std::optional<ImportLine> LineReader::next() {
  while (auto line = next_raw()) {
    if (line->is_too_long) {
      line->text.clear();
      return line;
    }
    line->text = std::string(trimmed(line->text));
    if (!line->text.empty()) return line;
  }
  return std::nullopt;
}

KeyedLine ImportKeys::keyed(const ImportLine& line) {
  KeyedLine out{.number = line.number};
  const auto object = object_of(line);
  if (!object) {
    out.text = std::unexpected(object.error());
    return out;
  }
  out.artifact = artifact_of(*object);
  // Spliced, not written anew: numbers keep their spelling.
  out.text = object->contains("idempotency_key")
                 ? line.text
                 : fmt::format("{{\"idempotency_key\":\"{}\"{}{}", next(line.text),
                               object->empty() ? "" : ",", std::string_view(line.text).substr(1));
  return out;
}

std::string ImportKeys::next(std::string_view line) {
  const crypto::Sha256 digest = crypto::sha256(line);
  // Half of the digest tells lines apart, and half as long a key is half as large an index.
  std::array<std::uint8_t, 16> half{};
  std::copy_n(digest.begin(), half.size(), half.begin());
  return fmt::format("import-{}-{}", crypto::to_hex(half), ++seen_[half]);
}

}  // namespace xzepr::cli
